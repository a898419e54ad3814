// Package identifier finds what names or reaches a person in a text, and does
// not belong to the practice: phone numbers, e-mail and street addresses,
// numbers of records, dates of birth, names. It goes by rules over words and
// the words around them.
package identifier

import (
	"sort"
	"strings"
	"unicode"
	"unicode/utf8"

	"triage/internal/classify/lexicon"
)

// Rules are what an identifier is told by. They are safe for concurrent use.
type Rules struct {
	lists  *lexicon.Lists
	staff  map[string]bool
	owned  []owned
	listed hashes // of first names and months
}

// hashes is a set of words by a few bits of their hashes, which a word that is
// not in it may share.
type hashes [1 << 10]uint64

func (h *hashes) add(x uint64)      { h[x>>6&(1<<10-1)] |= 1 << (x & 63) }
func (h *hashes) has(x uint64) bool { return h[x>>6&(1<<10-1)]>>(x&63)&1 != 0 }

// owned is a phone number, address or domain of the practice.
type owned struct{ text, digits string }

// New makes rules by which the names of staff and the practice's own phone
// numbers, addresses and domains are no identifiers.
func New(lists *lexicon.Lists, staff, own []string) *Rules {
	rs := &Rules{lists: lists, staff: map[string]bool{}}
	var r lexicon.Reading
	lists.Read(&r, givenNames+" "+loreWords[isMonth], "en", nil)
	for i := range r.Tokens {
		rs.listed.add(r.Tokens[i].Hash)
	}
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

// Found is what may be an identifier, with its place in the text in bytes. Why
// is one of a few sentences and quotes nothing. Odds are how much the words
// around it speak for it, in log-odds: it is an identifier where they and those
// of another judge of the whole text, taken from where that one would decide,
// come to 0 or more.
type Found struct {
	Start, End int
	Why        string
	Odds       float64
}

// Sure are the odds of what needs no other judge.
const Sure = 100

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
// where it has a digit, an @ or a capital, or is a first name or a month, are
// its neighbours read, a bounded number of them. It allocates nothing when it
// finds nothing.
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
			if f.listed.has(t.Hash) && known[t.Word]&isMonth != 0 {
				f.spokenDate(i)
			}
			i = f.name(i)
		case t.Mark:
			i++
		default:
			i = f.small(i)
		}
	}
	f.signature()
	return f.fs
}

// What is said of identifiers.
const (
	fullName   = "gives a full name"
	signedName = "is signed with a name"
	phone      = "gives a phone number"
	inWords    = "gives a phone number in words"
	mail       = "gives an e-mail address"
	record     = "gives a record or insurance number"
	birth      = "gives a date of birth"
	street     = "gives a street address"
)

// small looks at a word in small letters.
func (f *finder) small(i int) int {
	t := &f.Tokens[i]
	if f.listed.has(t.Hash) {
		l := known[t.Word]
		if l&isMonth != 0 {
			f.spokenDate(i)
		}
		if l&isGiven != 0 {
			f.smallName(i, false)
		}
	}
	return f.word(i)
}

// add notes an identifier, in place of one that it overlaps if it is surer.
func (f *finder) add(start, end int, why string, odds float64) {
	g := Found{start, end, why, odds}
	for k := range f.fs {
		if h := &f.fs[k]; h.Start < end && start < h.End {
			if h.Odds < odds {
				*h = g
			}
			return
		}
	}
	if len(f.fs) < most {
		f.fs = append(f.fs, g)
		return
	}
	weakest := &f.fs[0]
	for k := range f.fs {
		if f.fs[k].Odds < weakest.Odds {
			weakest = &f.fs[k]
		}
	}
	if weakest.Odds < odds {
		*weakest = g
	}
}

// addTokens is add for tokens from to to, exclusive.
func (f *finder) addTokens(from, to int, why string, odds float64) {
	f.add(f.Tokens[from].Start, f.Tokens[to-1].End, why, odds)
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
	case "first", "1st", "forename", "prenom", "nombre":
		f.surnameFirst(i)
	case "is":
		if s := f.at(i - 1).Word; s == "name" || s == "this" {
			f.smallName(i+1, true)
		}
	case "soy", "llamo", "appelle", "im", "its", "name's", "it's", "i'm", "c'est", "suis", "habla":
		f.smallName(i+1, true)
	}
	return i + 1
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
