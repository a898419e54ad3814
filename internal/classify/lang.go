package classify

import (
	"fmt"
	"strings"
	"unicode"

	"github.com/abadojack/whatlanggo"
)

// knownLanguages are those whose commonest words are listed, the ones that can
// be judged first.
var knownLanguages = []string{"en", "es", "fr", "pt", "it", "de", "nl", "pl", "tl", "vi", "tr", "id", "ht", "sv", "ro", "ca"}

// loadLexicons reads the word lists of all languages that can be judged.
func loadLexicons() (map[string]*lexicon, error) {
	ls := map[string]*lexicon{}
	for _, lang := range []string{"en", "es", "fr"} {
		l, err := loadLexicon(lang)
		if err != nil {
			return nil, err
		}
		ls[lang] = l
	}
	return ls, nil
}

// language says in which language a text is written: en, es or fr where they
// can be told, another language's code, or "und" for one that is not known.
// Too short a text counts as English.
func (c *Classifier) language(t *text) string {
	if t.letters == 0 {
		return "en"
	}
	if t.foreign*2 > t.letters {
		return otherScript(t)
	}
	votes, best, words := map[string]int{}, "en", 0
	for i := range t.tokens {
		if i >= 400 {
			break
		}
		if t.tokens[i].mark {
			continue
		}
		words++
		for _, lang := range c.little[t.tokens[i].s] {
			votes[lang]++
		}
	}
	for _, lang := range knownLanguages {
		if votes[lang] > votes[best] {
			best = lang
		}
	}
	if votes[best] < 2 || best == "en" && votes["en"]*8 < words && words >= 8 {
		return c.unsure(t, votes, words)
	}
	return best
}

// unsure decides a text with hardly a common word: by its terms, else by its
// letters if there are enough of them.
func (c *Classifier) unsure(t *text, votes map[string]int, words int) string {
	best, most := "en", 0
	for _, lang := range knownLanguages[:3] {
		n := 2 * votes[lang]
		for _, h := range c.lexicons[lang].find(t.tokens[:min(len(t.tokens), 200)]) {
			n += h.to - h.from
		}
		if n > most {
			best, most = lang, n
		}
	}
	if most*5 >= words || words < 8 {
		return best
	}
	info := whatlanggo.Detect(t.raw[:min(len(t.raw), 600)])
	if info.IsReliable() {
		if code := info.Lang.Iso6391(); code != "" {
			return code
		}
	}
	return best
}

func otherScript(t *text) string {
	info := whatlanggo.Detect(t.raw[:min(len(t.raw), 600)])
	if code := info.Lang.Iso6391(); code != "" && code != "en" && code != "es" && code != "fr" {
		return code
	}
	return "und"
}

// loadLittle reads the commonest words of languages.
func loadLittle() (map[string][]string, error) {
	b, err := lexiconFiles.ReadFile("lexicon/common-words.tsv")
	if err != nil {
		return nil, fmt.Errorf("load common words: %w", err)
	}
	m := map[string][]string{}
	for _, line := range strings.Split(string(b), "\n") {
		lang, words, ok := strings.Cut(line, "\t")
		if !ok || strings.HasPrefix(line, "#") {
			continue
		}
		seen := map[string]bool{}
		for _, w := range strings.Split(words, ",") {
			for _, t := range read(w).tokens {
				if !seen[t.s] {
					seen[t.s] = true
					m[t.s] = append(m[t.s], lang)
				}
			}
		}
	}
	return m, nil
}

// loadCommon reads the words that are nobody's name.
func loadCommon() (map[string]bool, error) {
	b, err := lexiconFiles.ReadFile("lexicon/common.txt")
	if err != nil {
		return nil, fmt.Errorf("load common words: %w", err)
	}
	m := map[string]bool{}
	for _, w := range strings.Split(string(b), "\n") {
		if w != "" && w[0] != '#' {
			m[w] = true
		}
	}
	return m, nil
}

// lookAlike maps letters of other scripts to the Latin ones they are mistaken
// for. A word wholly in Cyrillic or Greek still counts as foreign.
var lookAlike = map[rune]byte{
	'а': 'a', 'е': 'e', 'о': 'o', 'р': 'p', 'с': 'c', 'у': 'y', 'х': 'x', 'і': 'i', 'ј': 'j', 'ѕ': 's', 'ԁ': 'd', 'һ': 'h', 'ӏ': 'l', 'к': 'k', 'м': 'm', 'т': 't', 'в': 'b', 'н': 'h',
	'А': 'a', 'Е': 'e', 'О': 'o', 'Р': 'p', 'С': 'c', 'У': 'y', 'Х': 'x', 'І': 'i', 'Ј': 'j', 'Ѕ': 's', 'К': 'k', 'М': 'm', 'Т': 't', 'В': 'b', 'Н': 'h',
	'α': 'a', 'ε': 'e', 'ο': 'o', 'ρ': 'p', 'ν': 'v', 'ι': 'i', 'κ': 'k', 'υ': 'u', 'τ': 't',
	'Α': 'a', 'Β': 'b', 'Ε': 'e', 'Η': 'h', 'Ι': 'i', 'Κ': 'k', 'Μ': 'm', 'Ν': 'n', 'Ο': 'o', 'Ρ': 'p', 'Τ': 't', 'Χ': 'x', 'Υ': 'y', 'Ζ': 'z',
	'ı': 'i', 'ɑ': 'a', 'ɡ': 'g', 'ʟ': 'l', 'ɪ': 'i', 'ɴ': 'n', 'ʀ': 'r', 'ᴀ': 'a', 'ᴄ': 'c', 'ᴇ': 'e', 'ᴏ': 'o', 'ᴛ': 't',
}

// ignorable reports characters that show nothing: zero-width ones, soft
// hyphens, marks of direction, variation selectors.
func ignorable(c rune) bool {
	return unicode.Is(unicode.Cf, c) || c >= 0xFE00 && c <= 0xFE0F || c == 0x115F || c == 0x3164 || c == 0x034F
}

func leet(c byte) byte {
	switch c {
	case '@', '4':
		return 'a'
	case '$', '5':
		return 's'
	case '!', '1':
		return 'i'
	case '3':
		return 'e'
	case '0':
		return 'o'
	case '7':
		return 't'
	}
	return c
}

// unleet reads digits within a word as the letters they stand for; ok says
// that the word has both.
func unleet(w string) (string, bool) {
	letters, digits := 0, 0
	for i := 0; i < len(w); i++ {
		switch c := w[i]; {
		case c >= '0' && c <= '9':
			digits++
		default:
			letters++
		}
	}
	if digits == 0 || letters < 2 || digits > letters {
		return "", false
	}
	b := []byte(w)
	for i, c := range b {
		b[i] = leet(c)
	}
	return string(b), true
}

// unstretch shortens letters repeated three times or more to one ("paaain").
func unstretch(w string) (string, bool) {
	n := 0
	for i := 2; i < len(w); i++ {
		if w[i] == w[i-1] && w[i] == w[i-2] {
			n++
		}
	}
	if n == 0 {
		return "", false
	}
	var b strings.Builder
	for i := 0; i < len(w); {
		j := i + 1
		for j < len(w) && w[j] == w[i] {
			j++
		}
		if j-i < 3 {
			b.WriteString(w[i:j])
		} else {
			b.WriteByte(w[i])
		}
		i = j
	}
	return b.String(), true
}

// lookup finds a word as it is written, or as it was meant.
func (l *lexicon) lookup(w string) *entry {
	if e := l.words[w]; e != nil {
		return e
	}
	if l.plural && len(w) > 3 {
		if s, ok := strings.CutSuffix(w, "'s"); ok {
			return l.words[s]
		}
		if s, ok := strings.CutSuffix(w, "s"); ok && l.words[s] != nil {
			return l.words[s]
		}
	}
	if s, ok := unleet(w); ok {
		return l.words[s]
	}
	if s, ok := unstretch(w); ok {
		return l.words[s]
	}
	return nil
}
