"""Stories in many languages to the same concepts."""

from __future__ import annotations

import random
import subprocess
import sys
import time

import numpy as np
import pytest

from dedup.edges.lexicon_file import shipped_table
from dedup.nouns.article import Article, Clock
from dedup.sketching.concepts import Concepts, Reader
from dedup.sketching.lexicon.elements import Kind, kind_of
from dedup.sketching.lexicon.memory import LONGEST
from dedup.sketching.text import Text, read

ENGLISH = (
    "The prime minister said on Tuesday that 15,000 soldiers would help the victims of the earthquake near Ankara.\n"
    "Hospitals need blood, doctors and medicine, and the airport is closed because of the snow."
)
OTHERS = {
    "fr": "Le premier ministre a déclaré mardi que 15 000 soldats aideraient les victimes du tremblement de terre près d'Ankara.\n"
    "Les hôpitaux ont besoin de sang, de médecins et de médicaments, et l'aéroport est fermé à cause de la neige.",
    "es": "El primer ministro dijo el martes que 15.000 soldados ayudarían a las víctimas del terremoto cerca de Ankara.\n"
    "Los hospitales necesitan sangre, médicos y medicinas, y el aeropuerto está cerrado por la nieve.",
    "de": "Der Premierminister sagte am Dienstag, 15.000 Soldaten würden den Opfern des Erdbebens bei Ankara helfen.\n"
    "Die Krankenhäuser brauchen Blut, Ärzte und Medikamente, und der Flughafen ist wegen Schnee geschlossen.",
    "it": "Il primo ministro ha detto martedì che 15.000 soldati aiuteranno le vittime del terremoto vicino ad Ankara.\n"
    "Gli ospedali hanno bisogno di sangue, medici e medicine, e l'aeroporto è chiuso a causa della neve.",
    "nl": "De premier zei dinsdag dat 15.000 soldaten de slachtoffers van de aardbeving bij Ankara zullen helpen.\n"
    "Ziekenhuizen hebben bloed, artsen en medicijnen nodig, en de luchthaven is gesloten vanwege de sneeuw.",
    "pl": "Premier powiedział we wtorek, że 15 000 żołnierzy pomoże ofiarom trzęsienia ziemi w pobliżu Ankary.\n"
    "Szpitale potrzebują krwi, lekarzy i leków, a lotnisko jest zamknięte z powodu śniegu.",
    "ru": "Премьер-министр заявил во вторник, что 15 000 солдат помогут жертвам землетрясения близ Анкары.\n"
    "Больницам нужны кровь, врачи и лекарства, а аэропорт закрыт из-за снега.",
    "tr": "Başbakan salı günü yaptığı açıklamada 15.000 askerin Ankara yakınlarındaki depremin kurbanlarına yardım edeceğini söyledi.\n"
    "Hastanelerin kana, doktora ve ilaca ihtiyacı var, havaalanı kar nedeniyle kapalı.",
    "ar": "قال رئيس الوزراء يوم الثلاثاء إن 15,000 جندي سيساعدون ضحايا الزلزال قرب أنقرة.\n"
    "تحتاج المستشفيات إلى الدم والأطباء والأدوية، والمطار مغلق بسبب الثلوج.",
    "he": "ראש הממשלה אמר ביום שלישי כי 15,000 חיילים יעזרו לקורבנות רעידת האדמה ליד אנקרה.\n"
    "בתי החולים זקוקים לדם, לרופאים ולתרופות, ושדה התעופה סגור בגלל השלג.",
    "zh": "总理星期二说，1.5万名士兵将帮助安卡拉附近地震的受害者。\n医院需要血液、医生和药品，机场因下雪而关闭。",
    "ja": "首相は火曜日、1.5万人の兵士がアンカラ近郊の地震の被害者を助けると述べた。\n病院は血液、医者、薬を必要としており、空港は雪のため閉鎖されている。",
    "ko": "총리는 화요일 1만5000명의 군인이 앙카라 인근 지진 피해자를 도울 것이라고 말했다.\n병원은 혈액, 의사, 약이 필요하고 공항은 눈 때문에 폐쇄되었다.",
    "vi": "Thủ tướng nói hôm thứ Ba rằng 15.000 binh sĩ sẽ giúp đỡ các nạn nhân của trận động đất gần Ankara.\n"
    "Các bệnh viện cần máu, bác sĩ và thuốc, và sân bay đóng cửa vì tuyết.",
    "id": "Perdana menteri mengatakan pada hari Selasa bahwa 15.000 tentara akan membantu korban gempa bumi di dekat Ankara.\n"
    "Rumah sakit membutuhkan darah, dokter dan obat-obatan, dan bandara ditutup karena salju.",
}
UNRELATED = (
    "The football club sold its young striker to a rival for 40 million euros, and its fans protested at the stadium."
)


def text(story: str, title: str = "") -> Text:
    return read(Article("a", "s", title, story, 0, Clock.SEEN, 0, 0))


@pytest.fixture(scope="module")
def reader() -> Reader:
    return Reader(shipped_table())


def jaccard(one: Concepts, other: Concepts) -> float:
    shared = np.intersect1d(one.elements, other.elements).size
    return shared / np.union1d(one.elements, other.elements).size


@pytest.mark.parametrize("language", OTHERS)
def test_a_translation_says_the_same(reader: Reader, language: str) -> None:
    english, other = reader.read(text(ENGLISH)), reader.read(text(OTHERS[language]))
    assert other.language == language
    assert jaccard(english, other) > 0.2 > 3 * jaccard(reader.read(text(UNRELATED)), other)


@pytest.mark.parametrize("language", OTHERS.keys() - {"ko"})
def test_numbers_are_the_same_everywhere(reader: Reader, language: str) -> None:
    english, other = reader.read(text(ENGLISH)), reader.read(text(OTHERS[language]))
    assert set(english.of(Kind.NUMBER)) & set(other.of(Kind.NUMBER))


def test_a_text_of_two_languages_is_read_in_both(reader: Reader) -> None:
    mixed = reader.read(text(f"{ENGLISH}\n{OTHERS['ru']}"))
    assert jaccard(mixed, reader.read(text(OTHERS["ru"]))) > 0.4
    assert jaccard(mixed, reader.read(text(ENGLISH))) > 0.4


def test_explained_in_words(reader: Reader) -> None:
    french = text(OTHERS["fr"])
    origins = reader.origins(french)
    assert origins.keys() == set(reader.read(french).elements.tolist())
    by_gloss = {origin.gloss: origin for origin in origins.values()}
    assert by_gloss["snow"].words == ("neige",)
    assert by_gloss["15000"].kind is Kind.NUMBER
    assert by_gloss["15000"].words == ("15 000",)


def test_elements_are_distinct_and_ascending(reader: Reader) -> None:
    elements = reader.read(text(ENGLISH, title="15,000 soldiers to help, says Qorvandeshi")).elements
    assert elements.dtype == np.uint32
    assert np.all(np.diff(elements.astype(np.int64)) > 0)
    assert {kind_of(element) for element in elements.tolist()} == set(Kind)


@pytest.mark.parametrize("story", ["", "?!", "1 2 3", "🙂"])
def test_nothing_is_said_by_nothing(reader: Reader, story: str) -> None:
    assert reader.read(text(story)).elements.size == 0


def test_a_headline_with_a_break_is_read(reader: Reader) -> None:
    nothing = np.empty(0, np.uint32)
    broken = Text("Землетрясение\nв Анкаре", tuple(OTHERS["ru"].split("\n")), nothing, nothing, nothing, "cyrillic")
    assert reader.read(broken).language == "ru"


@pytest.mark.parametrize("language", OTHERS)
def test_read_and_explained_alike(reader: Reader, language: str) -> None:
    story = text(
        f"{ENGLISH}\n{OTHERS[language]}\nAl-Qaida’s “Mudderhansi” – 2nd, n° 5½ …", title="Ölfeld-Arbeiter Qo'rg'on"
    )
    assert reader.origins(story).keys() == set(reader.read(story).elements.tolist())


def test_the_same_in_another_process(reader: Reader) -> None:
    program = (
        "import sys; from dedup.edges.lexicon_file import shipped_table; from dedup.sketching.concepts import Reader\n"
        "from dedup.sketching.text import Text; import numpy as np; none = np.empty(0, np.uint32)\n"
        "print(*Reader(shipped_table()).read(Text('', (sys.argv[1],), none, none, none, 'latin')).elements)"
    )
    line = OTHERS["de"].replace("\n", " ")
    out = subprocess.run([sys.executable, "-c", program, line], capture_output=True, text=True, check=True).stdout
    assert list(map(int, out.split())) == reader.read(text(line)).elements.tolist()


def test_whoever_forgets_understands_the_same(reader: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dedup.sketching.concepts.REMEMBERED", 60)
    forgetful = Reader(shipped_table())
    stories = [text(story) for story in (ENGLISH, *OTHERS.values(), UNRELATED, "¿Qué? … ‘Well’ §5 №7 and/or …\n…")]
    for story in stories * 3:
        ours, theirs = forgetful.read(story), reader.read(story)
        assert ours.language == theirs.language
        np.testing.assert_array_equal(ours.elements, theirs.elements)
        assert forgetful.origins(story).keys() == set(ours.elements.tolist())


@pytest.mark.parametrize("language", OTHERS)
def test_what_nothing_parts_costs_little_and_changes_nothing_else(language: str) -> None:
    """A run of letters as long as an article may be: seconds if every place were tried where it may be parted."""
    reader = Reader(shipped_table())
    before = reader.read(text(OTHERS[language]))
    run = "".join(random.Random(1).choices("bcdfghklmnprst", k=190_000))
    began = time.process_time()
    after = reader.read(text(f"{OTHERS[language]}\n{run}"))
    assert time.process_time() - began < 1
    assert after.language == language
    assert set(before.elements) <= set(after.elements)
    assert len(after.elements) <= len(before.elements) + 2
    assert max(map(len, reader._spellings)) <= LONGEST


def test_runs_of_any_length_are_read_and_explained_alike(reader: Reader) -> None:
    for language in ("zh", "ja", "ko", "vi", "de", "ar"):
        story = text(f"{OTHERS[language]}\nIBM{''.join(filter(str.isalpha, OTHERS[language] * 3))}")
        assert reader.origins(story).keys() == set(reader.read(story).elements.tolist())
