package gate

import (
	"embed"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/kljensen/snowball/english"

	"triage/internal/respond/gate/plain"
)

//go:embed rules
var ruleFiles embed.FS

// lexicon is what the gate knows of one language.
type lexicon struct {
	book       *plain.Book
	vocabulary map[string]bool
	names      map[string]bool
	technical  map[string]bool
	likes      []bool // by class: is it one of medical matters
	ranks      []int  // by class: its place in wordKinds, or behind all
}

var loadEnglish = sync.OnceValues(func() (*lexicon, error) { return loadLexicon("en") })

func loadLexicon(lang string) (*lexicon, error) {
	l := &lexicon{book: plain.NewBook()}
	dir := "rules/" + lang + "/"
	for _, f := range []string{"medical.txt", "small.txt", "kinds.txt", "phrases.txt", "more.txt"} {
		text, err := ruleFiles.ReadFile(dir + f)
		if err != nil {
			return nil, fmt.Errorf("read gate words: %w", err)
		}
		if err := l.book.Load(f, string(text)); err != nil {
			return nil, fmt.Errorf("read gate words: %w", err)
		}
	}
	var err error
	for f, into := range map[string]*map[string]bool{"words.txt": &l.vocabulary, "names.txt": &l.names, "wordnet.txt": &l.technical} {
		if *into, err = loadList(dir + f); err != nil {
			return nil, err
		}
	}
	return l, l.rank()
}

// loadList reads one word a line; lines that begin with "#" are remarks.
func loadList(path string) (map[string]bool, error) {
	text, err := ruleFiles.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read gate words: %w", err)
	}
	out := map[string]bool{}
	for line := range strings.Lines(string(text)) {
		if w := strings.TrimSpace(line); w != "" && w[0] != '#' {
			out[w] = true
		}
	}
	return out, nil
}

// rank numbers the classes that words are called by.
func (l *lexicon) rank() error {
	n := l.book.IDs()
	l.likes, l.ranks = make([]bool, n), slices.Repeat([]int{len(wordKinds)}, n)
	for _, class := range l.book.Classes("like-") {
		l.likes[l.book.ClassID(class)] = true
	}
	for rank, class := range wordKinds {
		id := l.book.ClassID(class)
		if id == 0 {
			return fmt.Errorf("read gate words: there is no class @%s", class)
		}
		l.ranks[id] = rank
	}
	return nil
}

// with returns the lexicon with further medical words.
func (l *lexicon) with(terms []string) *lexicon {
	if len(terms) == 0 {
		return l
	}
	more := *l
	more.technical = maps.Clone(l.technical)
	for _, t := range terms {
		more.technical[strings.ToLower(t)] = true
	}
	return &more
}

// knows reports whether w, or what it is made from, is an everyday word.
func (l *lexicon) knows(w string) bool {
	if l.vocabulary[w] {
		return true
	}
	if base, end, ok := strings.Cut(w, "'"); ok {
		return contractions[end] && (l.vocabulary[base] || len(base) < 2) || strings.HasSuffix(base, "n") && end == "t"
	}
	return l.vocabulary[strings.TrimSuffix(w, "s")]
}

var contractions = map[string]bool{"s": true, "re": true, "ve": true, "d": true, "ll": true, "m": true, "t": true, "": true}

// stem reduces a word to what its forms share, and a number in words to digits.
func (l *lexicon) stem(w string) string {
	if n, ok := numbers[w]; ok {
		return n
	}
	if len(w) > longestStem {
		return w
	}
	return english.Stem(strings.TrimSuffix(w, "'s"), false)
}

// longestStem bounds what is worth reducing.
const longestStem = 40

var numbers = map[string]string{
	"one": "1", "two": "2", "three": "3", "four": "4", "five": "5", "six": "6", "seven": "7", "eight": "8", "nine": "9",
	"ten": "10", "eleven": "11", "twelve": "12", "fifteen": "15", "twenty": "20", "thirty": "30", "forty": "40",
	"fifty": "50", "sixty": "60", "seventy": "70", "eighty": "80", "ninety": "90", "hundred": "100",
}
