package classify

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// found is an identifier with its place in the text.
type found struct {
	start, end int
	why        string
}

var (
	emailAt  = regexp.MustCompile(`(?i)[\pL\d][\pL\d._%+-]*@[\pL\d-]+(?:\.[\pL\d-]+)*\.[a-z]{2,}`)
	emailSay = regexp.MustCompile(`(?i)[\pL\d][\pL\d._+-]*\s?(?:[\[(]\s?at\s?[\])]|\s@\s|\sat\s|\sarroba\s|\sarobase\s)\s?[\pL\d-]+(?:\s?(?:[\[(]\s?dot\s?[\])]|\sdot\s|\spunto\s|\spoint\s|\.|\s)\s?)(?:com|net|org|edu|ca|uk|es|fr|mx|ar|io|example)\b`)
	date     = regexp.MustCompile(`(?i)\b\d{1,2}\s?[/.-]\s?\d{1,2}\s?[/.-]\s?(?:19|20)?\d{2}\b|\b(?:19|20)\d{2}[/.-]\d{1,2}[/.-]\d{1,2}\b|\b\d{1,2}(?:st|nd|rd|th|er)?\s(?:of\s|de\s)?(?:jan|feb|fev|fév|mar|apr|abr|avr|may|mai|mayo|jun|juin|jul|juil|aug|ago|aoû|aou|sep|oct|nov|dec|dic|déc|ene)[\pL.]*,?\s(?:de\s|del\s)?(?:19|20)\d{2}\b|\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z.]*\s\d{1,2}(?:st|nd|rd|th)?,?\s(?:19|20)\d{2}\b`)
	bornCue  = regexp.MustCompile(`(?i)\b(?:d\.?o\.?b|born|birth ?da(?:te|y)|date of birth|b-?day|nac[ií]|nac\.|fecha de nacimiento|fec\. ?nac|cumplea[ñn]os|n[ée]e? le|naissance|n[ée]\(e\))`)
	record   = regexp.MustCompile(`(?i)\b(?:mrn|chart|medical record|record|patient (?:id|no|number|ref)|hosp(?:ital)? (?:no|number)|nhc|member(?:ship)?(?: id| no| number)|subscriber id|policy|claim|nhs|hospital (?:no|number)|medicare|medicaid|medi-cal|ssn|social security|insurance (?:id|no|number|card)|group (?:no|number)|case (?:no|number)?|file (?:no|number)?|health card|ohip|ramq|dossier|n[°º]? ?(?:de )?s[ée]cu|s[ée]curit[ée] sociale|carte vitale|historia cl[ií]nica|historia|expediente|afiliad[oa]|p[oó]liza|n[uú]mero de paciente|seguro social|nss|curp|dni|tarjeta sanitaria)\b[^\n!?]{0,24}?[\s#:º°.-]([A-Z]{0,5}[ -]?\d[\dA-Z /-]{3,20})`)
	notID    = regexp.MustCompile(`(?i)\b(?:order|tracking|parcel|invoice|gmc|npi|licen[cs]e|company|form|ticket|rifa|c[eé]dula profesional|code|código|charity|royal mail|model|serial)\b`)
	street   = regexp.MustCompile(`(?i)\b\d{1,5}[a-z]?,?\s(?:[\pL\d'’.-]+\s){1,3}(?:st|street|ave|avenue|road|rd|lane|ln|crescent|cres|blvd|boulevard)\b|\b\d{1,5}[a-z]?,?\s(?-i:(?:\p{Lu}[\pL'’.-]+\s){1,3}(?:Drive|Gardens|Close|Court|Ct|Way|Place|Terrace|House|Mews|Grove|Walk|Square|Row|Hill|Park))\b|\b(?:calle|avenida|av\.|carrera|colonia|rue|chemin|all[ée]e|avenue|boulevard|impasse)\s(?:[\pL'’.-]+\s){1,4}(?:n[°º.]?\s?|#)?\d{1,5}\b|\b\d{1,4},?\s(?:bis\s)?(?:rue|chemin|all[ée]e|avenue|boulevard|impasse)\s[\pL'’-]+`)
	office   = regexp.MustCompile(`(?i)\b(?:suite|parking|park (?:at|behind)|opposite|located|clinic is|office|new building|lift|floor|piso|est[aá]n en|ubicad[oa]s?|queda en|arriba de|cabinet|clinique|the practice|building|had my|directions)\b`)
	mine     = regexp.MustCompile(`(?i)\b(?:my|mine|me|i'm|im|i|us|our|cell|mobile|whats?app|text|his|her|mum|mom|dad|voicemail|mi|mis|m[ií]o|cel|celular|llamen?me|ll[aá]menme|marcado|escr[ií]banme|urge|moi|mon|ma|mes|portable|rappelez)\b`)
	theirs   = regexp.MustCompile(`(?i)\b(?:right n(?:o|umber)|correct number|press \d|option \d|the (?:clinic|office|practice|surgery|desk|reception)|clinic|billing|hotline|helpline|lifeline|crisis|line|their|para citas|pa las citas|citas|de la cl[ií]nica|la clinique|standard|secr[ée]tariat|dr|doctor|dra|works? at|located|center|centre|work mobile|fax|chemist|pharmacy|farmacia|pharmacie|surgery number|new number|for anyone|eventos|new number for|main number|toll free|customer service|call today|book now|dial)\b`)
	callMe   = regexp.MustCompile(`(?i)\b(?:(?:call|ring|text|phone|reach|whatsapp|contact|email)(?: (?:me|us|back|(?:his|my|her) \pL+))|my (?:number|cell|phone|mobile|no)|(?:his|her|our) (?:number|cell|phone|mobile)|thats my|mi (?:n[uú]mero|cel|celular|tel[eé]fono|whatsapp|correo)|ll[aá]me?n?me|rappelez|mon (?:num[ée]ro|portable|tel)|joindre)\b`)
	role     = regexp.MustCompile(`(?i)^(?:info|contact|reception|front|complaints?|intake|billing|hello|office|admin|appointments?|bookings?|support|help|service|noreply|press|jobs|careers|hr|team|enquiries|inquiries|referrals?|records|citas|contacto|atencion|atencionpaciente|reclamos|reclamaciones|recepcion|informacion|ventas|secretariat|accueil|rdv|plaintes|cabinet|clinique|privacy|feedback|manager|practice|surgery|clinic|patient)`)
)

// identifiers finds what names or reaches a person. The patterns are tried
// only where a digit or an @ stands, in bounded number, so that no text is
// slow.
func (c *Classifier) identifiers(r *reading) []found {
	var fs []found
	for _, at := range regions(r.raw, func(b byte) bool { return b == '@' }) {
		fs = c.emails(fs, r.raw[at[0]:at[1]], at[0], emailAt)
	}
	if hasWord(r, "@", "at", "arroba", "arobase") && hasWord(r, "dot", "punto", "point", "com", "net", "org", "example") {
		fs = c.emails(fs, r.raw[:min(len(r.raw), 4000)], 0, emailSay)
	}
	for _, at := range regions(r.raw, func(b byte) bool { return b >= '0' && b <= '9' }) {
		part := r.raw[at[0]:at[1]]
		if len(onlyDigits(part)) >= 4 {
			fs = records(fs, part, at[0])
			fs = births(fs, part, at[0])
		}
		fs = addresses(fs, r, part, at[0])
	}
	fs = c.phones(fs, r)
	fs = c.spokenDigits(fs, r)
	return c.names(fs, r)
}

// regions returns the surroundings of the bytes that matter, at most 64 of
// them, on the edges of letters.
func regions(s string, matters func(byte) bool) [][2]int {
	var rs [][2]int
	for i := 0; i < len(s) && len(rs) < 64; i++ {
		if !matters(s[i]) {
			continue
		}
		last := i
		for j := i; j < len(s) && j < last+40 && j < i+300; j++ {
			if matters(s[j]) {
				last = j
			}
		}
		from, to := max(0, i-80), min(len(s), last+60)
		for from > 0 && !utf8.RuneStart(s[from]) {
			from--
		}
		for to < len(s) && !utf8.RuneStart(s[to]) {
			to++
		}
		rs = append(rs, [2]int{from, to})
		i = last
	}
	return rs
}

func (c *Classifier) emails(fs []found, part string, base int, pattern *regexp.Regexp) []found {
	for _, m := range pattern.FindAllStringIndex(part, 20) {
		if s := part[m[0]:m[1]]; !role.MatchString(s) && !c.own(s) {
			fs = append(fs, found{base + m[0], base + m[1], "gives an e-mail address"})
		}
	}
	return fs
}

func hasWord(r *reading, words ...string) bool {
	for i := range r.tokens {
		for _, w := range words {
			if r.tokens[i].s == w {
				return true
			}
		}
	}
	return false
}

// own reports whether s is, or ends in, what belongs to the practice.
func (c *Classifier) own(s string) bool {
	s = strings.ToLower(s)
	d := onlyDigits(s)
	for _, o := range c.owned {
		if strings.Contains(s, o.text) || len(o.digits) >= 7 && (strings.HasSuffix(d, o.digits) || len(d) >= 7 && strings.HasSuffix(o.digits, d)) {
			return true
		}
	}
	return false
}

func onlyDigits(s string) string {
	var b strings.Builder
	for _, c := range s {
		if c >= '0' && c <= '9' {
			b.WriteByte(byte(c))
		}
	}
	return b.String()
}

// phones finds runs of seven to fifteen digits that read like a number to
// call, and tells the writer's from the practice's by the words around.
func (c *Classifier) phones(fs []found, r *reading) []found {
	for i, tries := 0, 0; i < len(r.raw) && tries < 100; {
		end, n := digitRun(r.raw, i)
		if n == 0 {
			i++
			continue
		}
		tries++
		if c.isPhone(r.raw, i, end, n) {
			fs = append(fs, found{i, end, "gives a phone number"})
		}
		i = end
	}
	return fs
}

func (c *Classifier) isPhone(raw string, at, end, n int) bool {
	s := raw[at:end]
	around := window(raw, at, end)
	if n < 7 || n > 15 || c.own(s) || date.MatchString(s) || notID.MatchString(raw[max(0, at-25):at]) {
		return false
	}
	if at > 0 && strings.ContainsAny(raw[at-1:at], "$£€#") || n < 9 && !callMe.MatchString(around) {
		return false
	}
	if callMe.MatchString(around) {
		return true
	}
	return !theirs.MatchString(around) && (mine.MatchString(around) || n >= 10 && len(raw) < 200)
}

// digitRun returns the end of the run of digits and what separates them, and
// how many digits it has.
func digitRun(s string, at int) (end, n int) {
	if c := s[at]; c != '+' && c != '(' && (c < '0' || c > '9') || at > 0 && wordByte(s[at-1]) {
		return at + 1, 0
	}
	gap, end := 0, at
	for i := at; i < len(s) && i < at+32; i++ {
		switch c := s[i]; {
		case c >= '0' && c <= '9':
			n++
			gap, end = 0, i+1
		case strings.IndexByte(" -.()+/", c) >= 0 && gap < 2:
			gap++
		default:
			return max(end, at+1), n
		}
	}
	return max(end, at+1), n
}

func wordByte(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= 0x80
}

// window is the text around a place, a sentence's worth.
func window(s string, at, end int) string {
	from, to := max(0, at-70), min(len(s), end+50)
	if i := strings.LastIndexAny(s[from:at], "\n!?"); i >= 0 {
		from += i + 1
	}
	return s[from:to]
}

func records(fs []found, part string, base int) []found {
	for _, m := range record.FindAllStringSubmatchIndex(part, 20) {
		s := part[m[2]:m[3]]
		if len(onlyDigits(s)) < 5 || date.MatchString(s) || notID.MatchString(part[m[0]:m[3]]) {
			continue
		}
		fs = append(fs, found{base + m[2], base + m[2] + len(strings.TrimRight(s, " /-")), "gives a record or insurance number"})
	}
	return fs
}

func births(fs []found, part string, base int) []found {
	for _, m := range date.FindAllStringIndex(part, 20) {
		before, after := part[max(0, m[0]-40):m[0]], part[m[1]:min(len(part), m[1]+30)]
		if bornCue.MatchString(before) || bornCue.MatchString(after) || twoNames(strings.TrimRight(before, " ,(")) {
			fs = append(fs, found{base + m[0], base + m[1], "gives a date of birth"})
		}
	}
	return fs
}

var endsInNames = regexp.MustCompile(`(?:^|[,.!?]\s)(?:[\pL' ]* please,? )?\p{Lu}\p{Ll}+\s\p{Lu}[\p{L}-]+$`)

func twoNames(s string) bool { return endsInNames.MatchString(s) }

func addresses(fs []found, r *reading, part string, base int) []found {
	for _, m := range street.FindAllStringIndex(part, 10) {
		around := window(part, m[0], m[1])
		if office.MatchString(around) || !homeCue.MatchString(around) && !r.all.any(setOf(tagSelf, tagFam, tagDanger)) {
			continue
		}
		fs = append(fs, found{base + m[0], base + m[1], "gives a street address"})
	}
	return fs
}

var homeCue = regexp.MustCompile(`(?i)\b(?:home|i live|we live|my address|moved|address is|buzzer|flat|apartment|apt|come to|vivo en|mi casa|mi direcci[oó]n|j'habite|chez moi|mon adresse)\b`)

// digitWords are digits as some people write them to hide a number.
var digitWords = map[string]bool{"oh": true, "zero": true, "one": true, "two": true, "three": true, "four": true, "five": true, "six": true, "seven": true, "eight": true, "nine": true, "double": true, "triple": true, "hundred": true,
	"cero": true, "uno": true, "dos": true, "tres": true, "cuatro": true, "cinco": true, "seis": true, "siete": true, "ocho": true, "nueve": true, "deux": true, "trois": true, "quatre": true, "cinq": true, "sept": true, "huit": true, "neuf": true}

func (c *Classifier) spokenDigits(fs []found, r *reading) []found {
	for i := 0; i < len(r.tokens); i++ {
		n, last := 0, i
		for j := i; j < len(r.tokens) && (digitWords[r.tokens[j].s] || r.tokens[j].s == ","); j++ {
			if r.tokens[j].s != "," {
				n++
				last = j
			}
		}
		if n >= 6 {
			fs = append(fs, found{r.tokens[i].start, r.tokens[last].end, "gives a phone number in words"})
		}
		i = last
	}
	return fs
}

// properName reports whether a token can be part of a person's name.
func (c *Classifier) properName(r *reading, i int) bool {
	t := r.tokens[i]
	if !t.upper || t.mark || t.s == "i" || hasDigit(t.s) || c.staff[t.s] {
		return false
	}
	if !c.common[t.s] && c.lexicons["en"].words[t.s] == nil && c.lexicons[r.lang].lookup(t.s) == nil {
		return true
	}
	return false
}

func hasDigit(s string) bool { return strings.IndexFunc(s, unicode.IsDigit) >= 0 }
