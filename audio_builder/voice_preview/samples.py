"""The words that a sample of a voice says, in its own language where we have them."""

from __future__ import annotations

_SAMPLES = {
    "en": """Sit for a moment wherever you are.

The window is open a little, and somewhere below a gate falls shut. Nothing needs an answer before this breath is over.

What would be enough for today?

A cup, still warm,
two hands around it,
the light on the table.

Stay with that for as long as you like.""",
    "de": """Setz dich für einen Augenblick hin, wo du gerade bist.

Das Fenster steht ein wenig offen, und unten fällt irgendwo ein Tor ins Schloss. Nichts braucht eine Antwort, bevor \
dieser Atemzug vorbei ist.

Was wäre heute genug?

Eine Tasse, noch warm,
zwei Hände darum,
das Licht auf dem Tisch.

Bleib dabei, so lange du magst.""",
    "es": """Siéntate un momento, dondequiera que estés.

La ventana está un poco abierta, y abajo, en algún lugar, se cierra una puerta. Nada necesita respuesta antes de que \
termine esta respiración.

¿Qué sería suficiente para hoy?

Una taza, todavía tibia,
dos manos que la rodean,
la luz sobre la mesa.

Quédate ahí todo el tiempo que quieras.""",
    "fr": """Asseyez-vous un instant, là où vous êtes.

La fenêtre est entrouverte, et quelque part en bas une grille se referme. Rien n'attend de réponse avant la fin de ce \
souffle.

Qu'est-ce qui suffirait pour aujourd'hui ?

Une tasse, encore tiède,
deux mains autour d'elle,
la lumière sur la table.

Restez là aussi longtemps que vous voulez.""",
    "it": """Siediti un momento, ovunque tu sia.

La finestra è un po' aperta, e da qualche parte, in basso, si chiude un cancello. Nulla ha bisogno di una risposta \
prima che finisca questo respiro.

Che cosa basterebbe per oggi?

Una tazza, ancora tiepida,
due mani intorno,
la luce sul tavolo.

Resta lì quanto vuoi.""",
}


def sample_text(language: str) -> tuple[str, str]:
    """Return the words for a voice, and the language that they are in; English where there are none in its own.

    Args:
        language: the voice's BCP 47 tag.
    """
    tag = language.partition("-")[0].lower()
    spoken = tag if tag in _SAMPLES else "en"
    return _SAMPLES[spoken].replace("\\\n", ""), spoken
