// Package identifier finds what names or reaches a person in a text, and does
// not belong to the practice: phone numbers, e-mail and street addresses,
// numbers of records, dates of birth, names. It goes by rules over words and
// the words around them.
package identifier

import (
	"regexp"
	"sort"
	"strings"
	"unicode"
	"unicode/utf8"

	"triage/internal/classify/lexicon"
)

// Rules are what an identifier is told by. They are safe for concurrent use.
type Rules struct {
	lists *lexicon.Lists
	staff map[string]bool
	owned []owned
}

// owned is a phone number, address or domain of the practice.
type owned struct{ text, digits string }

// New makes rules by which the names of staff and the practice's own phone
// numbers, addresses and domains are no identifiers.
func New(lists *lexicon.Lists, staff, own []string) *Rules {
	rs := &Rules{lists: lists, staff: map[string]bool{}}
	for _, name := range staff {
		for _, w := range lexicon.Words(name) {
			if known[w]&isTitle == 0 && w != "mr" && len(w) > 1 {
				rs.staff[w] = true
			}
		}
	}
	for _, s := range own {
		if s = strings.ToLower(strings.TrimSpace(s)); s != "" {
			rs.owned = append(rs.owned, owned{s, onlyDigits(s)})
		}
	}
	return rs
}

// Found is an identifier with its place in the text in bytes. Why is one of a
// few sentences and quotes nothing.
type Found struct {
	Start, End int
	Why        string
}

// most is how many identifiers of one text are found.
const most = 32

// finder looks through one reading.
type finder struct {
	*lexicon.Reading
	*Rules
	said int // addresses in words that were tried, to bound the work
	fs   []Found
}

// Find returns the identifiers of a text, in the array of found if they fit,
// in time proportional to the length: each token is looked at once, and only
// where it has a digit, an @ or a capital that may begin a name are its
// neighbours read, a bounded number of them. It allocates nothing when it finds
// nothing.
func (rs *Rules) Find(r *lexicon.Reading, found []Found) []Found {
	f := finder{Reading: r, Rules: rs, fs: found[:0]}
	f.emails()
	for i := 0; i < len(f.Tokens); {
		t := &f.Tokens[i]
		switch first := t.Word[0]; {
		case isDigitByte(first) || isDigitByte(t.Word[len(t.Word)-1]):
			i = f.number(i)
		case f.capital(t):
			if t.Shout {
				f.word(i)
			}
			i = f.name(i)
		case t.Mark:
			i++
		default:
			i = f.word(i)
		}
	}
	f.signature()
	return f.fs
}

// add notes an identifier unless another that begins before covers it.
func (f *finder) add(start, end int, why string) {
	for _, g := range f.fs {
		if g.Start < end && start < g.End {
			return
		}
	}
	if len(f.fs) < most {
		f.fs = append(f.fs, Found{start, end, why})
	}
}

// at returns token i, or an empty mark outside the text.
func (f *finder) at(i int) *lexicon.Token {
	if i < 0 || i >= len(f.Tokens) {
		return &outside
	}
	return &f.Tokens[i]
}

var outside = lexicon.Token{Mark: true}

// hit is the term that token i is part of, or nil.
func (f *finder) hit(i int) *lexicon.Hit {
	k := sort.Search(len(f.Hits), func(k int) bool { return f.Hits[k].To > i })
	if k == len(f.Hits) || f.Hits[k].From > i {
		return nil
	}
	return &f.Hits[k]
}

// capital reports a word that begins with a capital letter.
func (f *finder) capital(t *lexicon.Token) bool {
	if t.Upper || t.Mark || f.Raw[t.Start] < utf8.RuneSelf {
		return t.Upper && !t.Mark
	}
	c, _ := utf8.DecodeRuneInString(f.Raw[t.Start:])
	return unicode.IsUpper(c)
}

// gap is what stands between token i and the one before.
func (f *finder) gap(i int) string {
	if i <= 0 || i >= len(f.Tokens) {
		return "\n"
	}
	return f.Raw[f.Tokens[i-1].End:f.Tokens[i].Start]
}

// word looks at a word in small letters: digits in words, the end of an
// e-mail address in words, or what introduces a name in small letters.
func (f *finder) word(i int) int {
	switch f.Tokens[i].Word {
	case "com", "net", "org", "edu", "uk":
		f.saidEmail(i)
	case "dot", "punto", "point":
		if s := f.at(i + 1).Word; len(s) < 4 || s == "example" {
			f.saidEmail(i + 1)
		}
	case "oh", "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "double", "triple",
		"cero", "uno", "dos", "tres", "cuatro", "cinco", "seis", "siete", "ocho", "nueve", "deux", "trois", "quatre", "cinq", "sept", "huit", "neuf":
		return f.spokenDigits(i)
	case "is":
		if f.at(i-1).Word == "name" {
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
	for at, n := strings.IndexByte(f.Raw, '@'), 0; at >= 0 && n < 64; n++ {
		from, to := cut(f.Raw, at-60), cut(f.Raw, at+80)
		if part := f.Raw[from:to]; at > 0 && strings.IndexByte(f.Raw[at:to], '.') > 0 {
			f.email(emailAt.FindStringIndex(part), from)
			if strings.HasPrefix(f.Raw[at:], "@ ") {
				f.email(emailGap.FindStringIndex(part), from)
			}
		}
		next := strings.IndexByte(f.Raw[at+1:], '@')
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
	for j := i - 1; j >= 0 && j >= i-8 && i < len(f.Tokens); j-- {
		switch f.Tokens[j].Word {
		case "at", "arroba", "arobase", "arobas", "arobase)", "@":
			from := cut(f.Raw, f.Tokens[j].Start-60)
			f.email(emailSay.FindStringIndex(f.Raw[from:f.Tokens[i].End]), from)
			return
		}
	}
}

func (f *finder) email(m []int, base int) {
	if m == nil {
		return
	}
	i := sort.Search(len(f.Tokens), func(i int) bool { return f.Tokens[i].Start >= base+m[0] })
	before, _ := f.around(i, i, 5, 0)
	if s := f.Raw[base+m[0] : base+m[1]]; !role.MatchString(s) && !f.own(s) && (before&isTheirs == 0 || before&isMine != 0) {
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
func (rs *Rules) own(s string) bool {
	if len(rs.owned) == 0 {
		return false
	}
	s = strings.ToLower(s)
	d := onlyDigits(s)
	for _, o := range rs.owned {
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

func allDigits(s string) bool {
	for i := 0; i < len(s); i++ {
		if !isDigitByte(s[i]) {
			return false
		}
	}
	return len(s) > 0
}
