"""What the pages behind links say, in the languages there are; the reader's browser says which it wants.

A page knows neither the customer nor the workspace: only what a link stands for. So topics appear under the names
they have in `workspace.yaml`. It knows no HTML.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

DEFAULT = "en"
LONGEST_HEADER = 400
"""So much of an Accept-Language header is read; browsers send less."""


@dataclass(frozen=True, slots=True)
class Texts:
    """One language. `{topic}` is the kind of message, `{by}` how it comes: one of `by`.

    Args:
        by: channel -> "by email"; "" for any other channel.
        unsubscribe: title, and the button of a page with one question.
        still: what no unsubscription stops.
    """

    by: Mapping[str, str]
    unsubscribe: str
    ask_topic: str
    ask_channel: str
    preferences: str
    choose: str
    option_topic: str
    option_channel: str
    option_all: str
    stop: str
    done: str
    done_topic: str
    done_channel: str
    done_all: str
    still: str
    broken: str
    broken_text: str
    failed: str
    failed_text: str


def _by(email: str, sms: str, push: str, whatsapp: str, in_app: str, other: str) -> Mapping[str, str]:
    return {"email": email, "sms": sms, "push": push, "whatsapp": whatsapp, "in_app": in_app, "": other}


TEXTS: Mapping[str, Texts] = {
    "en": Texts(
        _by("by email", "by text message", "as push notifications", "by WhatsApp", "in the app", "this way"),
        unsubscribe="Unsubscribe",
        ask_topic="Do you want to stop receiving “{topic}” {by}?",
        ask_channel="Do you want to stop receiving messages {by}?",
        preferences="Your messages",
        choose="What should we stop sending?",
        option_topic="Only “{topic}” {by}",
        option_channel="All messages {by}",
        option_all="All messages, whichever way they come",
        stop="Stop sending",
        done="You are unsubscribed",
        done_topic="You will no longer receive “{topic}” {by}.",
        done_channel="You will no longer receive messages {by}.",
        done_all="You will no longer receive messages from us.",
        still="Messages that you need, such as the confirmation of an order, still come."
        " A message that is already on its way may still arrive.",
        broken="This link does not work",
        broken_text="Perhaps a part of it is missing. Please open it once more from the message.",
        failed="That did not work",
        failed_text="Please try again in a few minutes.",
    ),
    "de": Texts(
        _by("per E-Mail", "per SMS", "als Push-Nachricht", "über WhatsApp", "in der App", "auf diesem Weg"),
        unsubscribe="Abmelden",
        ask_topic="Möchten Sie „{topic}“ {by} nicht mehr erhalten?",
        ask_channel="Möchten Sie {by} keine Nachrichten mehr erhalten?",
        preferences="Ihre Nachrichten",
        choose="Was sollen wir nicht mehr senden?",
        option_topic="Nur „{topic}“ {by}",
        option_channel="Alle Nachrichten {by}",
        option_all="Alle Nachrichten, auf welchem Weg auch immer",
        stop="Nicht mehr senden",
        done="Sie sind abgemeldet",
        done_topic="Sie erhalten „{topic}“ {by} nicht mehr.",
        done_channel="Sie erhalten {by} keine Nachrichten mehr.",
        done_all="Sie erhalten keine Nachrichten mehr von uns.",
        still="Nachrichten, die Sie brauchen, etwa die Bestätigung einer Bestellung, kommen weiterhin."
        " Was schon unterwegs ist, kann noch ankommen.",
        broken="Dieser Link funktioniert nicht",
        broken_text="Vielleicht fehlt ein Teil davon. Bitte öffnen Sie ihn noch einmal aus der Nachricht.",
        failed="Das hat nicht geklappt",
        failed_text="Bitte versuchen Sie es in einigen Minuten noch einmal.",
    ),
    "fr": Texts(
        _by(
            "par e-mail",
            "par SMS",
            "par notification push",
            "par WhatsApp",
            "dans l’application",
            "par ce canal",
        ),
        unsubscribe="Se désabonner",
        ask_topic="Souhaitez-vous ne plus recevoir «\u00a0{topic}\u00a0» {by}\u00a0?",
        ask_channel="Souhaitez-vous ne plus recevoir de messages {by}\u00a0?",
        preferences="Vos messages",
        choose="Que devons-nous cesser d’envoyer\u00a0?",
        option_topic="Seulement «\u00a0{topic}\u00a0» {by}",
        option_channel="Tous les messages {by}",
        option_all="Tous les messages, quel que soit le canal",
        stop="Ne plus envoyer",
        done="Désabonnement enregistré",
        done_topic="Vous ne recevrez plus «\u00a0{topic}\u00a0» {by}.",
        done_channel="Vous ne recevrez plus de messages {by}.",
        done_all="Vous ne recevrez plus de messages de notre part.",
        still="Les messages nécessaires, comme la confirmation d’une commande, continueront d’arriver."
        " Un message déjà en route peut encore vous parvenir.",
        broken="Ce lien ne fonctionne pas",
        broken_text="Il est peut-être incomplet. Veuillez l’ouvrir de nouveau depuis le message.",
        failed="Cela n’a pas fonctionné",
        failed_text="Veuillez réessayer dans quelques minutes.",
    ),
    "es": Texts(
        _by(
            "por correo electrónico",
            "por SMS",
            "como notificación push",
            "por WhatsApp",
            "en la aplicación",
            "por esta vía",
        ),
        unsubscribe="Cancelar la suscripción",
        ask_topic="¿Quiere dejar de recibir «{topic}» {by}?",
        ask_channel="¿Quiere dejar de recibir mensajes {by}?",
        preferences="Sus mensajes",
        choose="¿Qué debemos dejar de enviar?",
        option_topic="Solo «{topic}» {by}",
        option_channel="Todos los mensajes {by}",
        option_all="Todos los mensajes, por cualquier vía",
        stop="No enviar más",
        done="Suscripción cancelada",
        done_topic="Ya no recibirá «{topic}» {by}.",
        done_channel="Ya no recibirá mensajes {by}.",
        done_all="Ya no recibirá mensajes nuestros.",
        still="Los mensajes necesarios, como la confirmación de un pedido, seguirán llegando."
        " Un mensaje que ya está en camino todavía puede llegar.",
        broken="Este enlace no funciona",
        broken_text="Quizá falte una parte. Ábralo otra vez desde el mensaje.",
        failed="No ha funcionado",
        failed_text="Vuelva a intentarlo dentro de unos minutos.",
    ),
    "it": Texts(
        _by("via e-mail", "via SMS", "come notifica push", "via WhatsApp", "nell’app", "su questo canale"),
        unsubscribe="Annulla l’iscrizione",
        ask_topic="Vuole smettere di ricevere «{topic}» {by}?",
        ask_channel="Vuole smettere di ricevere messaggi {by}?",
        preferences="I Suoi messaggi",
        choose="Che cosa non dobbiamo più inviare?",
        option_topic="Solo «{topic}» {by}",
        option_channel="Tutti i messaggi {by}",
        option_all="Tutti i messaggi, su qualsiasi canale",
        stop="Non inviare più",
        done="Iscrizione annullata",
        done_topic="Non riceverà più «{topic}» {by}.",
        done_channel="Non riceverà più messaggi {by}.",
        done_all="Non riceverà più messaggi da noi.",
        still="I messaggi necessari, come la conferma di un ordine, continueranno ad arrivare."
        " Un messaggio già inviato può ancora arrivare.",
        broken="Questo link non funziona",
        broken_text="Forse ne manca una parte. Lo apra di nuovo dal messaggio.",
        failed="Non ha funzionato",
        failed_text="Riprovi tra qualche minuto.",
    ),
    "nl": Texts(
        _by("per e-mail", "per sms", "als pushmelding", "via WhatsApp", "in de app", "langs deze weg"),
        unsubscribe="Afmelden",
        ask_topic="Wilt u “{topic}” niet meer {by} ontvangen?",
        ask_channel="Wilt u geen berichten meer {by} ontvangen?",
        preferences="Uw berichten",
        choose="Wat moeten we niet meer sturen?",
        option_topic="Alleen “{topic}” {by}",
        option_channel="Alle berichten {by}",
        option_all="Alle berichten, langs welke weg ook",
        stop="Niet meer sturen",
        done="U bent afgemeld",
        done_topic="U ontvangt “{topic}” niet meer {by}.",
        done_channel="U ontvangt geen berichten meer {by}.",
        done_all="U ontvangt geen berichten meer van ons.",
        still="Berichten die u nodig hebt, zoals de bevestiging van een bestelling, blijven komen."
        " Een bericht dat al onderweg is, kan nog aankomen.",
        broken="Deze link werkt niet",
        broken_text="Misschien ontbreekt er een deel van. Open de link opnieuw vanuit het bericht.",
        failed="Dat is niet gelukt",
        failed_text="Probeer het over een paar minuten opnieuw.",
    ),
    "pt": Texts(
        _by(
            "por e-mail", "por SMS", "como notificação push", "por WhatsApp", "na aplicação", "por este meio"
        ),
        unsubscribe="Deixar de receber",
        ask_topic="Quer deixar de receber “{topic}” {by}?",
        ask_channel="Quer deixar de receber mensagens {by}?",
        preferences="As suas mensagens",
        choose="O que devemos deixar de enviar?",
        option_topic="Só “{topic}” {by}",
        option_channel="Todas as mensagens {by}",
        option_all="Todas as mensagens, por qualquer meio",
        stop="Não enviar mais",
        done="Pedido registado",
        done_topic="Não receberá mais “{topic}” {by}.",
        done_channel="Não receberá mais mensagens {by}.",
        done_all="Não receberá mais mensagens nossas.",
        still="As mensagens necessárias, como a confirmação de um pedido, continuarão a chegar."
        " Uma mensagem já enviada ainda pode chegar.",
        broken="Este link não funciona",
        broken_text="Talvez falte uma parte. Abra-o de novo a partir da mensagem.",
        failed="Não funcionou",
        failed_text="Tente de novo dentro de alguns minutos.",
    ),
    "pl": Texts(
        _by(
            "e-mailem", "SMS\u2011em", "jako powiadomienia push", "przez WhatsApp", "w aplikacji", "tą drogą"
        ),
        unsubscribe="Zrezygnuj",
        ask_topic="Czy nie chcesz już otrzymywać „{topic}” {by}?",
        ask_channel="Czy nie chcesz już otrzymywać wiadomości {by}?",
        preferences="Twoje wiadomości",
        choose="Czego mamy już nie wysyłać?",
        option_topic="Tylko „{topic}” {by}",
        option_channel="Wszystkich wiadomości {by}",
        option_all="Wszystkich wiadomości, każdą drogą",
        stop="Nie wysyłajcie więcej",
        done="Rezygnacja przyjęta",
        done_topic="Nie będziesz już otrzymywać „{topic}” {by}.",
        done_channel="Nie będziesz już otrzymywać wiadomości {by}.",
        done_all="Nie będziesz już otrzymywać od nas wiadomości.",
        still="Wiadomości potrzebne, takie jak potwierdzenie zamówienia, nadal będą przychodzić."
        " Wiadomość, która jest już w drodze, może jeszcze dotrzeć.",
        broken="Ten link nie działa",
        broken_text="Być może brakuje jego części. Otwórz go ponownie z wiadomości.",
        failed="Nie udało się",
        failed_text="Spróbuj ponownie za kilka minut.",
    ),
}


def language(accepted: str) -> str:
    """Return the first language there is in the order a browser wants them.

    Args:
        accepted: the header Accept-Language, `de-AT,de;q=0.9,en;q=0.5` (RFC 9110, section 12.5.4); anybody's text.
    """
    wanted: list[tuple[float, str]] = []
    for part in accepted[:LONGEST_HEADER].split(","):
        tag, *parameters = part.lower().split(";")
        quality = next((text.strip()[2:] for text in parameters if text.strip().startswith("q=")), "1")
        try:
            wanted.append((float(quality), tag.strip().split("-")[0]))
        except ValueError:
            continue
    offered = [(wish, tag) for wish, tag in wanted if tag in TEXTS and wish > 0]
    return max(offered, key=lambda one: one[0])[1] if offered else DEFAULT
