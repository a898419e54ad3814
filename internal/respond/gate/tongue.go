package gate

import (
	"cmp"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"sync"

	"github.com/kljensen/snowball/english"
	"github.com/kljensen/snowball/french"
	"github.com/kljensen/snowball/spanish"

	"triage/internal/respond/gate/plain"
)

//go:embed rules
var ruleFiles embed.FS

// tongue is what the gate knows of one language.
type tongue struct {
	lang       string
	stemmer    func(word string, stopWords bool) string
	singles    string // letters that are words by themselves
	book       *plain.Book
	vocabulary map[string]bool
	names      map[string]bool
	technical  map[string]bool
	terms      map[string]bool // the practice's own
	likes      []bool          // by class: is it one of medical matters
	others     []*tongue       // the other languages
	ranks      []int           // by class: its place in wordKinds, or behind all
}

// stemmers reduce the words of each language that the gate can read.
var stemmers = map[string]func(string, bool) string{"en": english.Stem, "es": spanish.Stem, "fr": french.Stem}

// singles are the letters that are words, or stand for one, by themselves; in
// English too few stand side by side to be taken for one in disguise.
var singles = map[string]string{"es": "aoyeu", "fr": "aàhy"}

// loadTongues reads the word lists of every language, once.
var loadTongues = sync.OnceValues(func() (map[string]*tongue, error) {
	out := map[string]*tongue{}
	for lang, stemmer := range stemmers {
		l, err := loadTongue(lang)
		if err != nil {
			return nil, fmt.Errorf("read gate words: %s: %w", lang, err)
		}
		l.lang, l.stemmer, l.singles = lang, stemmer, singles[lang]
		out[lang] = l
	}
	for lang, l := range out {
		for other, o := range out {
			if other != lang {
				l.others = append(l.others, o)
			}
		}
	}
	return out, nil
})

// bookFiles are the classes and phrases of a language, in the order in which they
// build on each other; a language need not have all.
var bookFiles = []string{"medical.txt", "small.txt", "kinds.txt", "phrases.txt", "more.txt", "never.txt"}

func loadTongue(lang string) (*tongue, error) {
	l := &tongue{book: plain.NewBook()}
	dir := "rules/" + lang + "/"
	for _, f := range bookFiles {
		text, err := ruleFiles.ReadFile(dir + f)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err == nil {
			err = l.book.Load(f, string(text))
		}
		if err != nil {
			return nil, err
		}
	}
	for f, into := range map[string]*map[string]bool{"words.txt": &l.vocabulary, "names.txt": &l.names, "wordnet.txt": &l.technical} {
		var err error
		if *into, err = loadList(dir + f); err != nil {
			return nil, err
		}
	}
	l.rank()
	return l, nil
}

// loadList reads one word a line; lines that begin with "#" are remarks. A
// language need not have the list.
func loadList(path string) (map[string]bool, error) {
	text, err := ruleFiles.ReadFile(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
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
func (l *tongue) rank() {
	n := l.book.IDs()
	l.likes, l.ranks = make([]bool, n), slices.Repeat([]int{len(wordKinds)}, n)
	for _, class := range l.book.Classes("like-") {
		l.likes[l.book.ClassID(class)] = true
	}
	for rank, class := range wordKinds {
		if id := l.book.ClassID(class); id != 0 {
			l.ranks[id] = rank
		}
	}
}

// with returns the language with further medical words, the practice's own.
func (l *tongue) with(terms []string) *tongue {
	if len(terms) == 0 {
		return l
	}
	more := *l
	more.terms = map[string]bool{}
	for _, t := range terms {
		if ws := plain.Read(t).Words; len(ws) == 1 {
			more.terms[ws[0].Text] = true
		}
	}
	return &more
}

// knows reports whether w, or what it is made from, is an everyday word.
func (l *tongue) knows(w string) bool {
	if l.vocabulary[w] {
		return true
	}
	if base, end, ok := strings.Cut(w, "'"); ok {
		if l.lang == "fr" && elided[base] {
			return l.knows(end)
		}
		return contractions[end] && (l.vocabulary[base] || len(base) < 2) || strings.HasSuffix(base, "n") && end == "t"
	}
	return l.vocabulary[strings.TrimSuffix(w, "s")]
}

// elided are the French words that lose their vowel before another.
var elided = map[string]bool{"l": true, "d": true, "qu": true, "n": true, "s": true, "j": true, "m": true, "t": true, "c": true, "jusqu": true, "lorsqu": true, "puisqu": true}

var contractions = map[string]bool{"s": true, "re": true, "ve": true, "d": true, "ll": true, "m": true, "t": true, "": true}

// stem reduces a word to what its forms share.
func (l *tongue) stem(w string) string { return l.stemmer(strings.TrimSuffix(w, "'s"), false) }

// number is a number in digits, whether it was written so or in a word.
func number(w string) string { return cmp.Or(numbers[w], w) }

// longestStem bounds what is worth reducing.
const longestStem = 40

var numbers = map[string]string{
	"one": "1", "two": "2", "three": "3", "four": "4", "five": "5", "six": "6", "seven": "7", "eight": "8", "nine": "9",
	"ten": "10", "eleven": "11", "twelve": "12", "fifteen": "15", "twenty": "20", "thirty": "30", "forty": "40",
	"fifty": "50", "sixty": "60", "seventy": "70", "eighty": "80", "ninety": "90", "hundred": "100",
}

func set(words string) map[string]bool {
	out := map[string]bool{}
	for _, w := range strings.Fields(words) {
		out[w] = true
	}
	return out
}
