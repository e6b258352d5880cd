"""A story and its translation meet through the whole journey; stories that only share a language do not."""

from __future__ import annotations

from dedup.edges.lexicon_file import Listener
from dedup.nouns.evidence import Relation
from dedup.nouns.feed import Entry
from dedup.spine.memory import MemoryStore
from dedup.spine.pipeline import Pipeline
from tools.labelled import SEEN, own

ENGLISH = (
    "The government of Halden decided on Tuesday to close the old railway bridge for three months. "
    "Engineers had found cracks in 14 of the 62 steel beams, minister Ingrid Solberg told parliament. "
    "The repair will cost 48 million crowns, and buses will carry 9,500 passengers a day to the capital. "
    "The opposition demanded an investigation, because the bridge had been inspected only last year."
)
FRENCH = (
    "Le gouvernement de Halden a décidé mardi de fermer pendant trois mois le vieux pont ferroviaire. "
    "Des ingénieurs avaient trouvé des fissures dans 14 des 62 poutres en acier, a dit au parlement la ministre des "
    "transports, Ingrid Solberg. La réparation coûtera 48 millions de couronnes, et des bus transporteront chaque jour "
    "9 500 passagers vers la capitale. L'opposition a demandé une enquête, car le pont avait été inspecté l'an dernier."
)
OTHER_FRENCH = (
    "Les agriculteurs de la vallée craignent pour la récolte de pommes après une semaine de gel. Selon le syndicat, "
    "la moitié des vergers ont été touchés et 300 exploitations pourraient perdre leur revenu. Le ministre de "
    "l'agriculture visitera la région jeudi et promet une aide de 12 millions, mais les banques hésitent encore."
)


def test_a_translation_joins_its_story_and_explain_says_why() -> None:
    store = MemoryStore()
    pipeline = Pipeline(store, window_s=86_400, clock=lambda: 1e9, listen=Listener())
    texts = {"en": ENGLISH, "fr": FRENCH, "other": OTHER_FRENCH}
    pipeline.ingest([Entry(source=name, id=name, content=text, seen=10**9) for name, text in texts.items()])
    together = store.cluster_of("en")
    assert {member.id for member in together.members} == {"en", "fr"}
    assert together.members[1].relation is Relation.TRANSLATION
    assert len(store.cluster_of("other").members) == 1
    shared = {one.concept: one for one in pipeline.explain("en", "fr").concepts}
    assert any("pont" in one.b and "bridge" in one.a for one in shared.values())


def test_own_reports_of_one_event_in_two_languages_stay_apart() -> None:
    stories = own("two_hands")
    store = MemoryStore()
    pipeline = Pipeline(store, window_s=14 * 86_400, clock=lambda: SEEN, listen=Listener())
    pipeline.ingest([story.entry for story in stories])
    for event in sorted({story.event for story in stories}):
        translated = {story.id for story in stories if story.group == event}
        assert {member.id for member in store.cluster_of(min(translated)).members} == translated
        for rival in (story.id for story in stories if story.event == event and story.kind == "own report"):
            assert len(store.cluster_of(rival).members) == 1
            assert all(pipeline.explain(one, rival).evidence.log_odds < -3 for one in translated)
