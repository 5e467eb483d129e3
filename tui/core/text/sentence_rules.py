"""The rules of sentence ends as data: signs, pairs, abbreviations and usual first words, per language.

Only tables live here, no decisions; `sentence_boundaries` and `sentence_blocks` read them.
The language of a stream is not known, so the tables of all languages are merged; a word that is
common prose in one language is therefore kept out of the strict tables of another.
"""

from __future__ import annotations

# How far a decision may look: a fixed reach keeps the cost of a chunk flat and makes every
# decision see the same text, however the stream was cut.
LOOKAHEAD = 256
LOOKBEHIND = 64

# These need white space after them; the wide ones do not.
NARROW_TERMINATORS = ".!?…"
WIDE_TERMINATORS = "。！？｡．।॥؟۔።፧။։"
TERMINATORS = NARROW_TERMINATORS + WIDE_TERMINATORS

# Between these no sentence ends. A German „ closes with “, and »...« is the reverse of «...».
QUOTE_PAIRS = {"”": "“„", "“": "„", "»": "«", "«": "»", "」": "「", "』": "『", "）": "（", "》": "《", "】": "【"}
NESTING_OPENERS = "“„«「『（《【"
QUOTE_CLOSERS = "\"'”’»›」』“«"
CLOSERS = "\"'”’»›)]}）］｝」』】》〉〕*_~"
OPENERS = "\"'“‘„‚«»‹›([{（「『【《〈¿¡*_~"
BULLETS = "•⁃‣◦▪●"

CJK_LETTERS = (
    "\u3041-\u30ff\u3100-\u312f\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3\uf900-\ufaff\U00020000-\U0003ffff"
)
EMOJI_BASES = (
    "\U0001f000-\U0001faff\u2600-\u27bf\u2b05-\u2b07\u2b1b\u2b1c\u2b50\u2b55\u231a\u231b\u23e9-\u23fa"
    "\u25aa\u25ab\u25b6\u25c0\u25fb-\u25fe\u2934\u2935\u3297\u3299"
)
EMOJI_JOINERS = "\ufe0e\ufe0f\u200d\u20e3\U0001f3fb-\U0001f3ff\U000e0020-\U000e007f"


def _merged(table: dict[str, str]) -> frozenset[str]:
    return frozenset(word for words in table.values() for word in words.split())


# Titles and pointers: something must follow, so their dot never ends a sentence.
NEVER_ENDS = _merged(
    {
        "en": """
            mr mrs ms mx dr drs prof messrs mssrs rev hon gen gov sen rep pres capt cpt cmdr lt lieut col maj sgt
            cpl pvt adm supt insp atty amb msgr vs cf viz e.g eg i.e approx resp incl excl esp fig figs eq eqs eqn
            sect nr nos vols pp n.b mt mts asst assoc
            """,
        "de": """
            hr hrn frl dipl z.b zb d.h u.a i.d.r o.ä z.t z.zt s.o s.u u.u v.a i.a i.d.s m.e o.g bzw ggf evtl vgl sog
            inkl exkl zzgl bspw nr bd abb anm hrsg geb gest ca etw insb insbes einschl kap lt beispw ehem urspr vorm
            nachm sen jun u.a.m
            """,
        "fr": "mm mme mmes mlle mlles mgr cf p.ex c.-à-d éd tél av n° nº boul",
        "es": """
            sra sras srta srtas sres dra dras dña lic ing arq gral cnel tte pág págs núm aprox p.ej ej avda n.º prof
            profa
            """,
        "it": "sig sig.ra sig.na sigg sig.re dott dott.ssa prof.ssa avv geom gent spett egr pag pagg p.es ca cav",
        "pt": "sra srta dra profa eng exmo exma pág págs núm aprox p.ex séc dr.ª sr.ª",
        "nl": "dhr mevr drs ing bijv o.a d.w.z m.b.t i.v.m t.o.v t.a.v z.g zgn blz nr evt vnl m.n i.p.v aanw",
        "da sv no": "hr frk skt f.eks bl.a d.v.s dvs kl tlf mht pga t.ex fru sankt ekskl",
        "pl cs": "mgr inż ul tzn tzw m.in godz św płk ks nr např tzv tj mudr",
        "ru bg uk": "т.е т.к т.н ул гр проф акад доц рис напр бул просп",
        "kk": "т.с.с",
        "el": "κ κα κκ π.χ δηλ βλ σελ αρ δρ καθ",
        "tr": "doç sn örn bkz",
        "hi": "डॉ श्री श्रीमती प्रो सुश्री",
        "ar": "د أ م ا ص",
    },
)

# Pointers only before a number; else they are words that may end a sentence ("No.", "dieser Art.").
POINTS_TO_NUMBER = _merged(
    {
        "en": """
            no art arts sec secs ch chs fol ext tel vol para line est jan feb mar apr jun jul aug sep sept oct nov
            dec b c d n r l f ver ser app ex mon tue tues wed thu thur thurs fri paras chap tab
            """,
        "de": "abs str tel aufl jg rn ziff",
        "fr": "janv févr avr juil déc ex tome env",
        "es it pt": "cap art ene abr ago dic núm giu lug ott fev set out dez",
        "nl": "art hfst",
        "pl ru": "str стр гл ст п",
    },
)

# Abbreviations that stand at the end as often as inside: they end before a usual first word.
ENDS_BEFORE_OPENER = _merged(
    {
        "en": """
            inc co corp ltd llc plc bros jr sr esq st ave blvd rd hwy ln sq ph.d m.sc b.sc m.phil d.phil ed.d ll.m
            ll.b m.eng al dept ed eds trans a.m p.m p v op intl mfg assn dist natl govt sqn ret hrs univ np est
            """,
        "de": "mio mrd tsd jh jhd jhdt gmbh gebr st e.v ff n.chr v.chr gem fr",
        "fr": "cie sté m st j.-c ste",
        "es it pt": "ee.uu ud uds vd vds cía cia ltda s.a s.p.a s.r.l a.c d.c",
        "nl": "bv nv",
        "ru bg kk": "г гг др тыс млн млрд руб коп т.г н.э р им см",
    },
)

# Of these, units of measure too: "250 ms. Then".
UNITS_TOO = frozenset({"ms", "mm", "mt", "lt", "hr", "al"})

# Words that look like an exclamation but are a name.
NAMES_WITH_MARK = frozenset({"yahoo", "jeopardy", "joomla", "yum"})

# Day numbers and ordinals: "Am 3. Mai", "der 2. Weltkrieg".
GERMAN_AFTER_ORDINAL = _merged(
    {
        "de": """
            januar jänner februar feber märz april mai juni juli august september oktober november dezember jan feb
            mär apr jun jul aug sep sept okt nov dez jahrhundert jahrhunderts jahrhunderten jh jahrtausend weltkrieg
            weltkriegs weltkrieges auflage bundesliga liga quartal halbjahr klasse platz kapitel stock etage
            semester geburtstag jahrestag advent mal
            """,
    },
)

# Words that usually begin a sentence. Names and words that follow an initial in a name are left out.
SENTENCE_OPENERS = _merged(
    {
        "en": """
            a an the this that these those there here he she it we you they i his her its our your their my who what
            when where why how which whose if in on at as for from with without by to of after before since until
            while during because although though however but and or so yet then thus therefore hence also is are was
            were do does did has have had can could should would will may might must isn aren wasn don doesn didn
            ok okay well oh
            hasn haven couldn won wouldn shouldn let lets no not nothing nobody none never yes some many most more
            much few several all both each every any other others another one two three first second third next last
            finally later soon now today tomorrow yesterday once meanwhile moreover furthermore additionally instead
            otherwise overall still even only just perhaps maybe please note see use try check make take get give go
            keep run ask tell look read remember consider think say according compared despite given such
            """,
        "de": """
            der die das den dem des ein eine einer eines er sie es wir ihr ich du man dies diese dieser dieses dass
            wenn als wie was wer wo warum wann und oder aber doch denn dann danach dort hier heute gestern morgen
            jetzt nun im in am an auf aus bei mit nach seit von vor zu zum zur für durch über um ja nein nicht kein
            keine alle viele bitte auch so da daher deshalb trotzdem allerdings jedoch außerdem zudem sein seine
            ihre unser unsere
            """,
        "fr": """
            le la les un une des ce cet cette ces il elle ils elles on nous vous je tu mon ma mes son sa ses leur
            leurs que qui quoi où quand comment pourquoi si mais et ou donc car puis ensuite alors ainsi dans sur
            sous avec sans pour par après avant depuis pendant en au aux chez oui non pas aucun tous toutes c cela
            ça ceci voici voilà enfin
            """,
        "es": """
            el la los las un una unos unas este esta estos estas ese esa él ella ellos ellas nosotros yo tú usted
            ustedes su sus mi mis qué quién cómo cuándo dónde si pero y o entonces luego después antes en con sin
            por para desde hasta cuando como hay sí no también además así es son fue era se lo le les
            """,
        "it": """
            il lo la i gli le un uno una questo questa questi queste quello lui lei loro noi voi io che chi come
            quando dove perché se ma e o poi dopo prima in con senza per da di su tra non sì anche così è sono era
            si ci
            """,
        "pt": """
            o a os as um uma uns este esta esse essa isso isto ele ela eles elas nós eu você vocês seu sua que quem
            como quando onde se mas e ou então depois antes em com sem por para desde não sim também assim é são foi
            no na nos
            """,
        "nl": """
            de het een deze dit die dat hij zij ze wij we jij je ik hun zijn haar wat wie waar wanneer waarom hoe
            als maar en of want dan daarna daar hier nu vandaag gisteren in op aan bij met na naar van voor uit over
            ja nee niet er ook
            """,
        "da sv no": """
            den det de denne dette disse han hun hon vi jeg jag du i på til från fra med om når när hvad vad hva
            hvem vem hvor hur hvorfor men og och så da nu her der efter før ja nej nei ikke inte er är var har en et
            ett
            """,
        "pl ru": """
            on ona ono oni ten ta to jest nie tak jak co kto gdy gdzie ale i w z na po он она оно они мы вы я ты это
            этот эта эти тот в на с по из за от до у к и а но или что кто как когда где почему если не да нет так
            там тут потом теперь сейчас сегодня затем после перед для был была были есть её его их
            """,
        "bg kk": "той тя те ние това тази този бұл ол олар біз мен",
        "tr el": "bu o ve bir ben sen biz η ο το οι τα αυτό και στο στη",
    },
)

# After a single capital these are more often part of a name: "J. De Niro", "O. La Hoya", "W. Will".
NAME_PARTICLES = _merged(
    {
        "all": """
            de la le el der den dem des van von di da du do dos das las los il lo les ten ter am zu zum zur on may
            will mi see even o e y na nos ma sa su se si vor man
            """,
    },
)
