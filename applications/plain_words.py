"""Words by which `redaction.py` tells names and addresses from everything else. Pure Python, like that."""

_NAMES = """
    able amber an and angel any april are art august autumn bailey baker banks bay best bill black brook brown bush but
    can case chance chase chip cliff cook crystal daisy data dawn day dean do drew duke earl east faith field fields
    finance fisher for forest frank glen go good grace grant gray green grey hall has he hill hope hunter in iris is it
    ivy jade java joy june just king lake lane lee lily little long love low ma man march mark marks may me mercy mile
    miles min moon my new no north not olive on one page pat pearl power price ray read real rich rivers rob rose ruby
    sage say sharp she short sky small so son south star still stone strong summer sun sweet the to us violet wade
    walker was way we wells west white will winter with wood wright yes you young
"""
_PARTICLES = """
    af al av bin da das de del den der des di do dos du e el i ibn la las le los op o san ten ter van von y zu zum zur
"""
_PLACES = """
    about admin apply blog career careers code company contact course courses group groups hello home index info jobs
    mail main member members office paper papers people person portfolio post posts profile profiles project projects
    pub repo repos research resume school share site student students talk team user users view wiki work works
"""
_DOMAINS = """
    com org net edu gov io dev me ai app info biz page site online tech blog xyz cloud design art link bio club space
    academy website studio codes engineer science
"""
_FILES = """
    js jsx ts tsx py rs md sh pl cc cs go kt hs so ps tf rb vue json yaml yml toml sql csv txt pdf tex html css xml exe
    java class ipynb proto net sc ed phil eng
"""

EVERYDAY = frozenset((_NAMES + _PARTICLES).split())  # names that are words too, and the small words within names
GENERIC = frozenset(_PLACES.split())  # in an address: what does not tell whose it is
TOP_LEVEL = frozenset(_DOMAINS.split())  # ends of hosts that need nothing after them to be taken for one
FILE_ENDS = frozenset(_FILES.split())  # ends of names of files, tools and degrees, which look like ends of hosts
