package nudge

import (
	_ "embed"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// lettersFile names letters that Unicode does not decompose, each followed by
// the Latin ones that it is mistaken for or stands for.
//
//go:embed letters.txt
var lettersFile string

// letters is lettersFile by letter.
var letters = func() map[rune]string {
	m := map[rune]string{}
	for _, pair := range strings.Fields(lettersFile) {
		from, n := utf8.DecodeRuneInString(pair)
		m[from] = pair[n:]
	}
	return m
}()

// elision is what French puts before a word without a space.
var elision = regexp.MustCompile(`\b(qu|[cdjlmnst])'`)

// plain folds a text to small letters without accents: all of ASCII stays, and
// what is no letter of ours becomes a space. Apostrophes part French words and
// join English ones.
func plain(text string) string {
	var b strings.Builder
	for _, r := range norm.NFKD.String(text) {
		switch to, ok := letters[r]; {
		case ok:
			b.WriteString(to)
		case r >= 'A' && r <= 'Z':
			b.WriteByte(byte(r - 'A' + 'a'))
		case r < utf8.RuneSelf:
			b.WriteByte(byte(r))
		case !unicode.In(r, unicode.Mn, unicode.Cf):
			b.WriteByte(' ')
		}
	}
	return strings.ReplaceAll(elision.ReplaceAllString(b.String(), "$1 "), "'", "")
}

// stem is how many letters of a longer word count by themselves too.
const stem = 5

// sentences are the words of each sentence of a plain text. Of a number only its
// length is kept, and a letter that is drawn out counts once.
func sentences(plain string) [][]string {
	var out [][]string
	ends := func(c rune) bool { return strings.ContainsRune(".!?;\n", c) }
	other := func(c rune) bool { return (c < 'a' || c > 'z') && (c < '0' || c > '9') }
	for _, s := range strings.FieldsFunc(plain, ends) {
		words := strings.FieldsFunc(s, other)
		for i, w := range words {
			words[i] = undrawn(w)
		}
		out = append(out, words)
	}
	return out
}

func undrawn(w string) string {
	b := make([]byte, 0, len(w))
	for i := 0; i < len(w); {
		n := 1
		for i+n < len(w) && w[i+n] == w[i] {
			n++
		}
		switch c := w[i]; {
		case c <= '9':
			b = append(b, '0')
			n = 1
		case n > 2:
			b = append(b, c)
		default:
			b = append(b, w[i:i+n]...)
		}
		i += n
	}
	return string(b)
}

// features are what the list may give points for, each once: words, the
// beginnings of long ones, and words side by side. An empty word is none.
func features(sentences [][]string) []string {
	var out []string
	seen := map[string]bool{}
	add := func(f string) {
		if !seen[f] {
			seen[f] = true
			out = append(out, f)
		}
	}
	for _, words := range sentences {
		for i, w := range words {
			if w == "" {
				continue
			}
			add(w)
			if len(w) > stem {
				add(w[:stem] + "*")
			}
			if i+1 < len(words) && words[i+1] != "" {
				add(w + " " + words[i+1])
			}
		}
	}
	return out
}
