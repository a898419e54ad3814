package classify

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"github.com/abadojack/whatlanggo"

	"triage/internal/classify/network"
)

// knownLanguages are those whose commonest words are listed, the ones that can
// be judged first.
var knownLanguages = [len(votes{})]string{"en", "es", "fr", "pt", "it", "de", "nl", "pl", "tl", "vi", "tr", "id", "ht", "sv", "ro", "ca"}

// loadLexicons reads the word lists of all languages that can be judged, and
// adds the practice's own terms.
func loadLexicons(own []Term) (map[string]*lexicon, error) {
	ls := map[string]*lexicon{}
	for _, lang := range []string{"en", "es", "fr"} {
		l, err := loadLexicon(lang)
		if err != nil {
			return nil, err
		}
		ls[lang] = l
	}
	for _, t := range own {
		i := slices.Index(Kinds[:], t.Kind)
		if ls[t.Lang] == nil || i < 0 {
			return nil, fmt.Errorf("own term: language %q and kind %q; want en, es or fr and a kind of detail", t.Lang, t.Kind)
		}
		if err := ls[t.Lang].add(t.Text, tagOf[i]); err != nil {
			return nil, fmt.Errorf("own term: %w", err)
		}
	}
	for _, l := range ls {
		l.sort()
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
	var votes votes
	best, words := 0, 0
	for i := range t.tokens {
		if i >= 400 {
			break
		}
		if t.tokens[i].mark {
			continue
		}
		words++
		for set, l := c.little[t.tokens[i].s], 0; set != 0; set, l = set>>1, l+1 {
			votes[l] += int(set & 1)
		}
	}
	for l := range knownLanguages {
		if votes[l] > votes[best] {
			best = l
		}
	}
	if lang := c.close(t, &votes, best); lang != "" {
		return lang
	}
	if votes[best] < 2 || best == 0 && votes[0]*8 < words && words >= 8 {
		return c.unsure(t, &votes, words)
	}
	return knownLanguages[best]
}

// votes count the common words of each of the known languages.
type votes [16]int

// close decides between English, Spanish and French where their common words
// are about as many: by how many words the network knows of each. It returns
// "" where that tells nothing.
func (c *Classifier) close(t *text, votes *votes, best int) string {
	if best > 2 || votes[best] > 12 || c.net == nil {
		return ""
	}
	lang, most, second := "", 0, 0
	for i, l := range knownLanguages[:3] {
		if votes[best]-votes[i] > 1 {
			continue
		}
		n := 2 * votes[i]
		for k := range t.tokens[:min(len(t.tokens), 60)] {
			if _, ok := c.net.Row(network.Hash(prefixes[l][0], t.tokens[k].s)); ok && !t.tokens[k].mark {
				n++
			}
		}
		if n > most {
			lang, most, second = l, n, most
		} else {
			second = max(second, n)
		}
	}
	if second == 0 || most*4 < len(t.tokens) {
		return ""
	}
	return lang
}

// unsure decides a text with hardly a common word: by its terms, else by its
// letters if there are enough of them.
func (c *Classifier) unsure(t *text, votes *votes, words int) string {
	best, most := "en", 0
	for i, lang := range knownLanguages[:3] {
		n := 2 * votes[i]
		for _, h := range c.lexicons[lang].find(t.tokens[:min(len(t.tokens), 200)], nil) {
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

// loadLittle reads the commonest words of languages: for each word the set of
// those it is common in, by their place in knownLanguages.
func loadLittle() (map[string]uint16, error) {
	b, err := lexiconFiles.ReadFile("lexicon/common-words.tsv")
	if err != nil {
		return nil, fmt.Errorf("load common words: %w", err)
	}
	m := map[string]uint16{}
	for _, line := range strings.Split(string(b), "\n") {
		lang, words, _ := strings.Cut(line, "\t")
		i := slices.Index(knownLanguages[:], lang)
		if i < 0 {
			continue
		}
		for _, w := range strings.Split(words, ",") {
			for _, t := range read(w).tokens {
				m[t.s] |= 1 << i
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
		if w[i] == w[i-1] && w[i] == w[i-2] && w[i] > '9' {
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

// meant finds a word that is not written as the lists have it.
func (l *lexicon) meant(w string) *entry {
	if l.plural && len(w) > 3 && w[len(w)-1] == 's' {
		if s, ok := strings.CutSuffix(w, "'s"); ok {
			return l.word(s)
		}
		if e := l.word(w[:len(w)-1]); e != nil {
			return e
		}
	}
	if s, ok := unleet(w); ok {
		return l.word(s)
	}
	if s, ok := unstretch(w); ok {
		return l.word(s)
	}
	return nil
}

// word finds a word as it is written.
func (l *lexicon) word(w string) *entry { return l.words[network.Hash("", w)] }
