// Package lexicon reads a text: it cuts it into words, whatever they are
// disguised as, tells its language, and finds the terms of the word lists in
// it. What a text discloses is for others to say.
package lexicon

import (
	"embed"
	"fmt"
	"slices"
	"strings"

	"triage/internal/classify/network"
)

var (
	//go:embed base.tsv en.tsv es.tsv fr.tsv wordnet.txt
	termFiles embed.FS
	//go:embed common.txt
	commonFile string
	//go:embed common-words.tsv
	littleFile string
)

// Lists are the word lists of all Languages. After the last Add they are safe
// for concurrent use.
type Lists struct {
	terms  map[string]*list // by language
	words  *vocabulary
	common map[string]bool // words that are nobody's name
}

// Load reads the word lists that the program carries.
func Load() (*Lists, error) {
	ls := &Lists{terms: map[string]*list{}, words: newVocabulary(), common: commonWords()}
	ls.words.addLittle()
	for i, lang := range Languages {
		l, err := loadList(lang, i, ls.words)
		if err != nil {
			return nil, err
		}
		ls.terms[lang] = l
	}
	return ls, nil
}

// loadList reads the terms of a language, at some place among Languages, into
// words; WordNet's, one a line, are English.
func loadList(lang string, at int, words *vocabulary) (*list, error) {
	l := &list{lang: at, words: words, prefixes: map[string]*entry{}, plural: lang == "en"}
	files := []string{lang + ".tsv"}
	if lang == "en" {
		files = []string{"base.tsv", "en.tsv", "wordnet.txt"}
	}
	for _, f := range files {
		b, err := termFiles.ReadFile(f)
		if err != nil {
			return nil, fmt.Errorf("load word list: %w", err)
		}
		if err := l.load(string(b)); err != nil {
			return nil, fmt.Errorf("load word list %s: %w", f, err)
		}
	}
	return l, nil
}

func (l *list) load(content string) error {
	for n, line := range strings.Split(content, "\n") {
		if line == "" || line[0] == '#' {
			continue
		}
		name, terms, ok := strings.Cut(line, "\t")
		if !ok {
			name, terms = "wordnet", line
		}
		i := slices.Index(tagNames[:], name)
		if i < 0 {
			return fmt.Errorf("line %d: unknown tag", n+1)
		}
		for _, term := range strings.Split(terms, ",") {
			if err := l.add(strings.TrimSpace(term), Tag(i)); err != nil {
				return fmt.Errorf("line %d: %w", n+1, err)
			}
		}
	}
	return nil
}

// commonWords are those that are nobody's name.
func commonWords() map[string]bool {
	m := map[string]bool{}
	for _, w := range strings.Split(commonFile, "\n") {
		if w != "" && w[0] != '#' {
			m[w] = true
		}
	}
	return m
}

// Add adds a term, one word or a few, to those of one of the Languages.
func (ls *Lists) Add(lang, term string, t Tag) error { return ls.terms[lang].add(term, t) }

// Common reports one of the words that are nobody's name by themselves.
func (ls *Lists) Common(word string) bool { return ls.common[word] }

// Knows reports whether a word (of Spanish or French after "es|" or "fr|") is
// one of the word lists and so nobody's name.
func (ls *Lists) Knows(word string) bool {
	lang, w, ok := strings.Cut(word, "|")
	if !ok {
		lang, w = "en", word
	}
	l := ls.terms[lang]
	return len(w) < 2 || ls.common[w] || l != nil && l.word(w) != nil
}

// Read reads a text into r, in a language or in the one that it finds ("").
// It reports false for a language that is none of Languages, whose terms it
// cannot find. The words that a network knows, which may be nil, help to tell
// the language.
func (ls *Lists) Read(r *Reading, raw, lang string, net *network.Network) bool {
	r.read(raw)
	r.lookUp(ls.words)
	if lang == "" {
		lang = ls.language(r, net)
	}
	r.Lang = lang
	l := ls.terms[lang]
	r.find(l)
	return l != nil
}
