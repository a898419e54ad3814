package classify

import (
	"strings"
	"unsafe"

	"triage/internal/classify/network"
)

// Token is what the network reads of one word.
type Token struct {
	Word string // normalised
	Lang string // of the text; "" for a mark, which is of all languages
	Tags uint64 // what the term tells that it belongs to, and how it is written
}

// Tags above those of the lexicon.
const (
	// TagShout marks a word in capitals, TagUpper one that begins with one.
	TagShout uint64 = 1 << (tagCount + iota)
	TagUpper

	// TagEdge marks the places before the first and after the last word.
	TagEdge uint64 = 1 << (network.Tags - 2)
	// TagUnknown marks a word that the network does not know.
	TagUnknown uint64 = 1 << (network.Tags - 1)
)

// prefixes tell words of one language from those of another; a word is looked
// for in the text's own first.
var prefixes = map[string][]string{
	"": {""}, "en": {"", "es|", "fr|"}, "es": {"es|", "", "fr|"}, "fr": {"fr|", "", "es|"},
}

// Prefixes are those under which the word may be known, the likeliest first.
func (t Token) Prefixes() []string { return prefixes[t.Lang] }

// Tokens is what the network reads of a text in a language (en, es, fr; "" to
// find out); nil if the language is none of them.
func (c *Classifier) Tokens(text, lang string) []Token {
	s := &state{}
	s.reader.read(text)
	s.text = s.reader.text
	if lang == "" {
		lang = c.language(&s.text)
	}
	l := c.lexicons[lang]
	if l == nil {
		return nil
	}
	s.find(lang, l)
	out := make([]Token, len(s.tokens))
	for i := range s.tokens {
		var digits []byte
		out[i] = s.token(i, &digits)
	}
	return out
}

// token is what the network reads of token i. A number is only how many digits
// it has; digits is for that, and Word is valid as long as it.
func (r *reading) token(i int, digits *[]byte) Token {
	t := Token{Word: r.tokens[i].s, Lang: r.lang, Tags: r.tags(i)}
	if r.tokens[i].mark {
		t.Lang = ""
	} else if hasDigit(t.Word) {
		b := (*digits)[:0]
		for k := range len(t.Word) {
			c := t.Word[k]
			if c >= '0' && c <= '9' {
				c = '0'
			}
			b = append(b, c)
		}
		*digits = b
		t.Word = unsafe.String(unsafe.SliceData(b), len(b))
	}
	return t
}

// tags are those of token i.
func (r *reading) tags(i int) uint64 {
	t := uint64(r.of[i])
	if r.tokens[i].shout {
		t |= TagShout
	}
	if r.tokens[i].upper {
		t |= TagUpper
	}
	return t
}

// Knows reports whether a word (of Spanish or French after "es|" or "fr|") is
// one of the word lists and so nobody's name.
func (c *Classifier) Knows(word string) bool {
	lang, w, ok := strings.Cut(word, "|")
	if !ok {
		lang, w = "en", word
	}
	l := c.lexicons[lang]
	return len(w) < 2 || c.common[w] || l != nil && l.word(w) != nil
}
