"""Words that a stop follows inside a sentence, and words of speech: the tables by which sentences are found.

Most abbreviations are ordinary words as well (no, art, fig, May), so nearly all of them count only before
what they stand before: a number, a name, an initial.
"""

from __future__ import annotations

from audio_builder.article.text import word_set

TITLES = word_set(
    "mr mrs ms dr prof st ste rev ven bro fr br hon gen col capt lt sgt cpl gov pres sen rep mme mlle mgr messrs "
    "maj cmdr adm supt sr jr hl mt ft rt msgr dom ajn bhk"
)
"""With a capital, before a name."""

TITLES_IN = {
    "cs": word_set("p pí dr sv prof ing mgr mudr judr phdr ul"),
    "da": word_set("hr fr frk dr prof skt"),
    "de": word_set("ehrw v n hr hrn fr frl dr prof st hl dipl ing mag sr br p"),
    "el": word_set("κ κα κος αγ δρ"),
    "es": word_set("ee mons rvdo sr sra srta sres dr dra d dña dª sto sta fr prof lic ing ud uds vd"),
    "fr": word_set("vén m mm mme mmes mlle mlles me mgr dr pr st ste"),
    "it": word_set("mons rev ven sig dott prof avv on ing arch s ss sr p don"),
    "nl": word_set("dhr mevr mw mej ds dr drs ir mr st prof"),
    "no": word_set("hr fr frk dr prof st"),
    "pl": word_set("p dr prof św ks ul hab mgr inż płk gen bp"),
    "pt": word_set("mons revdo sr sra srta dr dra prof d sto sta pe exmo exma fr"),
    "ro": word_set("dl dna dr sf prof"),
    "ru": word_set("преп архим г г-н г-жа ул им св проф акад о ст д тов пр пл пос"),
    "sv": word_set("hr fr frk dr prof st s:t"),
    "tr": word_set("dr prof sn av hz doç"),
    "uk": word_set("св вул проф акад о м п"),
}
"""In one language, with a capital or without, before a name."""

ALWAYS_INSIDE = word_set(
    "e.g i.e cf viz vs approx ca esp incl resp excl z.b d.h u.a i.d.r o.ä s.o s.u u.u m.e z.t u.z d.i bzw evtl "
    "ggf ggfs inkl exkl sog vgl zzgl insb bspw einschl p.ej p.es p.e parex p.ex c.-à-d c.à.d ades cioè t.ex f.eks "
    "d.v.s m.a.o o.a bijv d.w.z m.a.w т.е т.к напр см ср tzn np tj např örn bkz"
)
"""No sentence ends after them. Two that belong together are written without the space."""

BEFORE_NUMBERS = word_set(
    "no nos nr nro núm n p pp pg fig figs ch chap chaps sec secs art arts approx ca c vol vols bk bks pt pts par "
    "paras op opp v vv vs ver vers l ll f ff col ps pss ex exx ed eds app tab eq sect s bd bde kap abs abb anm "
    "aufl hs lfd tel rn jh str zz cap caps pág págs pag pagg art lib tom t tít chap fasc гл с стр рис т п ст § "
    "temp max min avg tel ep rozdz s str rys č kpt bl hfst blz hoofdst ό σ σελ κεφ"
)
"""Before a number only: the answer was no, but no. 4."""

BEFORE_ROMAN_ONE = word_set("vol vols ch chap bk bks pt tom bd kap cap lib vol fasc hfst kpt rozdz")
"""Before I, too, which after others is the pronoun."""

MONTHS_AND_DAYS = word_set(
    "jan feb mar apr jun jul aug sep sept oct nov dec mon tue tues wed thu thur thurs fri sat sun jän mär okt dez "
    "janv févr avr juil déc ene abr ago dic gen mag giu lug set ott"
)
"""With a capital, before a number."""

BOOKS = word_set(
    "gen ex exod lev num deut josh judg jud sam kgs chr chron neh esth ps pss prov eccl eccles cant isa jer lam "
    "ezek dan hos obad mic nah hab zeph hag zech mal matt mt mk lk jn joh rom cor gal eph phil col thess tim tit "
    "philem heb jas pet apoc rev wis wisd ecclus bar macc tob kor röm hebr offb mos petr kön dtn jes jer hes koh "
    "spr mk lk apg thess cor thes hech gn éx sal mt mc lc jn rm ap is qo sir lc gv at ap salm actes dhp sn mn dn "
    "an ud iti bg rv upan"
)
"""Books of scripture, before a chapter."""

ORDINAL_NOUNS = {
    "de": word_set(
        "januar jänner februar märz april mai juni juli august september oktober november dezember jahrhundert "
        "jahrhunderts kapitel tag mal strophe stock psalm buch teil woche sonntag advent korinther mose könige "
        "petrus johannes kor mos"
    ),
}
"""What a number with a stop counts, where nouns begin with capitals: 3. März."""

BEFORE_ORDINALS = {
    "de": word_set("am im vom zum zur beim der des dem den die das dieser bis ab"),
}

STARTERS = {
    "en": word_set(
        "the a an he she it we they you i this that these those then there and but or so when if in on at my his "
        "her our their your not now yet for from with as to by nothing nobody no after before while since all "
        "every"
    ),
    "de": word_set(
        "der die das dann er sie es wir ich ihr und aber doch so da ein eine als wenn nun mein nichts niemand"
    ),
    "fr": word_set("le la les il elle on nous je et mais puis alors un une ce c’est c’était"),
    "es": word_set("el los las él ella y pero luego entonces yo nosotros lo no"),
    "it": word_set("il lo gli lei lui e ma poi io noi non"),
    "nl": word_set("het een hij zij wij en maar toen ik niets"),
    "pt": word_set("o os as ele ela e mas depois eu não"),
    "ru": word_set("он она они мы я и но потом это в на не"),
}
"""Words that begin a sentence and no name."""

VOWELLESS_LANGUAGES = word_set("cs sk sl hr sr bs mk bg")
"""Where ordinary words may have no vowel: krk, prst, smrt."""

INTERJECTIONS = word_set("hm hmm hmmm mm mmm mhm sh shh shhh pst psst brr tsk tss pff pfft zzz grr tv cd dvd")

UNITS = word_set("lb lbs kg km cm mm ft yd yds hr hrs min mins pt qt sq km² pts fr st")
"""After a number they may end a sentence."""

SPEECH = word_set(
    "said says say asked asks ask cried cries called calls shouted whispered whispers answered answers replied "
    "replies murmured murmurs muttered thought thinks think wondered wonders exclaimed demanded added begged "
    "screamed yelled snapped sighed laughed repeated inquired enquired continued breathed groaned gasped growled "
    "hissed sobbed mused remarked observed pleaded insisted suggested returned responded told mumbled stammered "
    "shrieked roared prayed sang dit demanda cria murmura répondit pensa chuchota dijo preguntó gritó susurró "
    "respondió pensó contestó murmuró exclamó sagte fragte rief flüsterte antwortete dachte schrie murmelte "
    "meinte disse chiese gridò sussurrò rispose pensò esclamò perguntou gritou sussurrou respondeu pensou zei "
    "vroeg riep fluisterde antwoordde dacht frågade sade sa viskade ropade svarade tänkte sagde spurgte råbte "
    "hviskede svarede spurte ropte hvisket svarte tenkte sanoi kysyi huusi kuiskasi vastasi ajatteli sordu dedi "
    "bağırdı fısıldadı diye hỏi nói kêu đáp nghĩ сказал сказала спросил спросила крикнул крикнула прошептал "
    "прошептала ответил ответила подумал подумала powiedział powiedziała spytał spytała zapytał zapytała krzyknął "
    "szepnął szepnęła pomyślał pomyślała είπε ρώτησε φώναξε ψιθύρισε σκέφτηκε απάντησε"
)
"""Verbs of the words that belong to a speech."""

SPEECH_STEMS = tuple(
    word_set(
        "कहा पूछ बोल चिल्ला सोचा फुसफुसा قال قلت سأل صاح همس أجاب صرخ هتف فكر تساءل ردّ אמר שאל לחש צעק "
        "ענה ענת קרא חשב תהית תהה گفت پرسید فریاد زمزمه کہا پوچھا بول سوچا 말했 물었 외쳤 대답했 속삭 "
        "생각했 বলল জিজ্ঞ বললেন ভাবল கேட்ட சொன்ன என்றா అన్నా అడిగ თქვა იკითხა უთხრა იყვირა 说 說 问 問 "
        "道 喊 叫 答 想着 心想 笑 言 聞 尋 つぶや ささや 叫ん 思った 考えた 尋ね ասաց հարցրեց አለ ጠየቀ ถาม "
        "พูด"
    )
)
"""The same in scripts without capitals, by the beginnings of the words."""
