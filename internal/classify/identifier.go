package classify

import (
	"regexp"
	"sort"
	"strings"
	"unicode"
	"unicode/utf8"
)

// found is an identifier with its place in the text.
type found struct {
	start, end int
	why        string
}

// finder looks through one reading for what names or reaches a person.
type finder struct {
	*reading
	c    *Classifier
	said int // addresses in words that were tried, to bound the work
	fs   []found
}

// identifiers finds what names or reaches a person, in time proportional to
// the length: each token is looked at once, and only where it has a digit, an
// @ or a capital that may begin a name are its neighbours read, a bounded
// number of them. It allocates nothing when it finds nothing.
func (c *Classifier) identifiers(r *reading) []found {
	f := finder{reading: r, c: c, fs: r.found[:0]}
	f.emails()
	for i := 0; i < len(f.tokens); {
		t := &f.tokens[i]
		switch first := t.s[0]; {
		case isDigitByte(first) || isDigitByte(t.s[len(t.s)-1]):
			i = f.number(i)
		case f.capital(t):
			if t.shout {
				f.word(i)
			}
			i = f.name(i)
		case t.mark:
			i++
		default:
			i = f.word(i)
		}
	}
	f.signature()
	r.found = f.fs
	return f.fs
}

// add notes an identifier unless another that begins before covers it.
func (f *finder) add(start, end int, why string) {
	for _, g := range f.fs {
		if g.start < end && start < g.end {
			return
		}
	}
	if len(f.fs) < 4*maxReasons {
		f.fs = append(f.fs, found{start, end, why})
	}
}

// at returns token i, or an empty mark outside the text.
func (f *finder) at(i int) *token {
	if i < 0 || i >= len(f.tokens) {
		return &outside
	}
	return &f.tokens[i]
}

var outside = token{mark: true}

// capital reports a word that begins with a capital letter.
func (f *finder) capital(t *token) bool {
	if t.upper || t.mark || f.raw[t.start] < utf8.RuneSelf {
		return t.upper && !t.mark
	}
	c, _ := utf8.DecodeRuneInString(f.raw[t.start:])
	return unicode.IsUpper(c)
}

// gap is what stands between token i and the one before.
func (f *finder) gap(i int) string {
	if i <= 0 || i >= len(f.tokens) {
		return "\n"
	}
	return f.raw[f.tokens[i-1].end:f.tokens[i].start]
}

// word looks at a word in small letters: digits in words, the end of an
// e-mail address in words, or what introduces a name in small letters.
func (f *finder) word(i int) int {
	switch f.tokens[i].s {
	case "com", "net", "org", "edu", "uk":
		f.saidEmail(i)
	case "dot", "punto", "point":
		if s := f.at(i + 1).s; len(s) < 4 || s == "example" {
			f.saidEmail(i + 1)
		}
	case "oh", "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "double", "triple",
		"cero", "uno", "dos", "tres", "cuatro", "cinco", "seis", "siete", "ocho", "nueve", "deux", "trois", "quatre", "cinq", "sept", "huit", "neuf":
		return f.spokenDigits(i)
	case "is":
		if f.at(i-1).s == "name" {
			f.smallName(i + 1)
		}
	case "soy", "llamo", "appelle", "im", "its", "name's", "it's", "i'm":
		f.smallName(i + 1)
	}
	return i + 1
}

// mailRest is an address in words from its at on.
const mailRest = `(?:\s?\.\s?[\pL\d]+)?\s?(?:[\[({]\s?(?:at|arroba|aro?base?)\s?[\])}]|\s(?:@|at|arroba|aro?bas|arobase)\s)\s?[\pL\d-]+(?:\s?(?:[\[({]\s?(?:dot|punto|point)\s?[\])}]|\s(?:dot|punto|point)\s|\.|\s)\s?)(?:com|net|org|edu|co|ca|uk|es|fr|mx|ar|io|example)\b`

var (
	emailAt  = regexp.MustCompile(`(?i)[\pL\d][\pL\d._%+-]*(?:\s@\s|@)[\pL\d-]+(?:\.[\pL\d-]+)*\.\pL{2,}`)
	emailGap = regexp.MustCompile(`(?i)(?:[\pL\d._-]\s){4,40}@\s(?:[\pL\d.-]\s){4,40}[\pL\d]\b`)
	emailSay = regexp.MustCompile(`(?i)(?:[\pL\d]\s){3,30}?` + mailRest + `|[\pL\d][\pL\d._+-]*(?:\s?[\[(]?\b(?:dot|punto|point|underscore)\b[\])]?\s?[\pL\d_-]+){0,3}` + mailRest)
	role     = regexp.MustCompile(`(?i)^(?:(?:reception|front|office|billing|appointment|booking|admin|clinic|practice|surgery|enquir|info)\pL*|contact|complaints?|intake|billing|hello|office|admin|appointments?|bookings?|support|help|service|noreply|press|jobs|careers|hr|team|enquiries|inquiries|referrals?|records|citas|contacto|atencion|atencionpaciente|reclamos|reclamaciones|quejas|resultados|informes|recepcion|informacion|ventas|secretariat|accueil|rdv|plaintes|direction|cabinet|clinique|privacy|feedback|manager|practice|surgery|clinic|patient|accounts|dr|dra|doctor)(?:[._-][\pL.]*)?\s?(?:@|[\[(]| at | arroba )`)
)

// emails finds addresses around each @.
func (f *finder) emails() {
	for at, n := strings.IndexByte(f.raw, '@'), 0; at >= 0 && n < 64; n++ {
		from, to := cut(f.raw, at-60), cut(f.raw, at+80)
		if part := f.raw[from:to]; at > 0 && strings.IndexByte(f.raw[at:to], '.') > 0 {
			f.email(emailAt.FindStringIndex(part), from)
			if strings.HasPrefix(f.raw[at:], "@ ") {
				f.email(emailGap.FindStringIndex(part), from)
			}
		}
		next := strings.IndexByte(f.raw[at+1:], '@')
		if next < 0 {
			return
		}
		at += 1 + next
	}
}

// saidEmail finds an address in words before token i, which may end it.
func (f *finder) saidEmail(i int) {
	if f.said++; f.said > 64 {
		return
	}
	for j := i - 1; j >= 0 && j >= i-8 && i < len(f.tokens); j-- {
		switch f.tokens[j].s {
		case "at", "arroba", "arobase", "arobas", "arobase)", "@":
			from := cut(f.raw, f.tokens[j].start-60)
			f.email(emailSay.FindStringIndex(f.raw[from:f.tokens[i].end]), from)
			return
		}
	}
}

func (f *finder) email(m []int, base int) {
	if m == nil {
		return
	}
	i := sort.Search(len(f.tokens), func(i int) bool { return f.tokens[i].start >= base+m[0] })
	before, _ := f.around(i, i, 5, 0)
	if s := f.raw[base+m[0] : base+m[1]]; !role.MatchString(s) && !f.c.own(s) && (before&isTheirs == 0 || before&isMine != 0) {
		f.add(base+m[0], base+m[1], "gives an e-mail address")
	}
}

// cut moves a place to the edge of a letter, inside the text.
func cut(s string, i int) int {
	i = max(0, min(len(s), i))
	for i > 0 && i < len(s) && !utf8.RuneStart(s[i]) {
		i--
	}
	return i
}

// own reports whether s is, or ends in, what belongs to the practice.
func (c *Classifier) own(s string) bool {
	if len(c.owned) == 0 {
		return false
	}
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

func isDigitByte(b byte) bool { return b-'0' <= 9 }

func hasDigit(s string) bool { return strings.IndexFunc(s, unicode.IsDigit) >= 0 }

func allDigits(s string) bool {
	for i := 0; i < len(s); i++ {
		if !isDigitByte(s[i]) {
			return false
		}
	}
	return len(s) > 0
}
