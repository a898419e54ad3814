package gate

import (
	"regexp"
	"slices"
	"strings"
	"unicode"

	"triage/internal/respond/gate/plain"
)

// topic finds the phrases of the word lists that belong to a topic.
func topic(name string) func(*page) [][2]int {
	return func(p *page) [][2]int {
		var out [][2]int
		for _, m := range p.matches {
			if m.Topic == name && !slices.Contains(p.fine[m.From:m.To], true) {
				out = append(out, [2]int{m.From, m.To})
			}
		}
		return out
	}
}

func either(finds ...func(*page) [][2]int) func(*page) [][2]int {
	return func(p *page) [][2]int {
		var out [][2]int
		for _, f := range finds {
			out = append(out, f(p)...)
		}
		return out
	}
}

// each returns the words of which is holds.
func (p *page) each(is func(i int, w plain.Word) bool) [][2]int {
	var out [][2]int
	for i, w := range p.Words {
		if is(i, w) {
			out = append(out, [2]int{i, i + 1})
		}
	}
	return out
}

// tricked finds words in disguise: invisible characters and look-alikes in any
// word, digits for letters and letters set apart in words that cannot be read
// even so, or in several.
func tricked(p *page) [][2]int {
	odd, spaced, leet := make([]plain.Trick, len(p.Words)), 0, 0
	for i, w := range p.Words {
		if w.Tricks&^plain.Broken == 0 || w.Tricks&^(plain.Spaced|plain.Digits) == 0 && p.oneLetterWords(w) {
			continue
		}
		odd[i] = w.Tricks &^ plain.Broken
		if w.Tricks&plain.Spaced != 0 && !p.In(i, "cheer") {
			spaced++
		}
		if w.Tricks&plain.Digits != 0 {
			leet++
		}
	}
	column := p.columns()
	return p.each(func(i int, _ plain.Word) bool {
		switch t := odd[i]; {
		case column[i]:
			return true
		case t == 0:
			return false
		case t&^(plain.Spaced|plain.Digits|plain.Fancy) != 0:
			return true
		case t&plain.Fancy != 0:
			return !p.In(i, "cheer")
		case t&plain.Digits != 0 && leet > 1, t&plain.Spaced != 0 && spaced > 3:
			return true
		}
		return !p.In(i, "cheer") && !p.known[i]
	})
}

// inColumn is how many single letters, a line or a stop apart, are a word set down
// letter by letter.
const inColumn = 4

// columns marks single letters that stand one below the other.
func (p *page) columns() []bool {
	out, run := make([]bool, len(p.Words)), []int(nil)
	for i, w := range p.Words {
		switch {
		case w.Kind == plain.Mark:
			continue
		case w.Kind == plain.Letters && len(w.Text) == 1:
			run = append(run, i)
		default:
			run = run[:0]
		}
		if len(run) >= inColumn {
			for _, k := range run {
				out[k] = true
			}
		}
	}
	return out
}

// oneLetterWords reports a few letters in a row that are words or numbers each in
// its own right, as in "de 8 h à 9 h", or half of a Canadian postcode.
func (p *page) oneLetterWords(w plain.Word) bool {
	letters, digits := 0, 0
	written := p.out.Text[w.Start:w.End]
	for _, r := range written {
		switch {
		case r >= '0' && r <= '9':
			digits++
		case strings.ContainsRune(p.words.singles, unicode.ToLower(r)):
			letters++
		case r != ' ' && r != '\u00a0' && r != '\u202f':
			return code.MatchString(written)
		}
	}
	return letters > 0 && letters <= 4 && digits <= 4
}

// code is half of a Canadian postcode, or so many for the price of so many.
var code = regexp.MustCompile(`^([A-Z][0-9][A-Z]|[0-9][A-Z][0-9]|[0-9]x[0-9])$`)

// identifiers finds numbers, addresses and dates that lead to a person.
func identifiers(p *page) [][2]int {
	out := append(topic("identifier")(p), spelledNumbers(p)...)
	return append(out, p.each(func(i int, w plain.Word) bool {
		switch w.Kind {
		case plain.Phone:
			return !p.own[i] && !publicNumber(w.Text)
		case plain.Address:
			return !p.own[i] && strings.Contains(w.Text, "@")
		case plain.Number:
			return p.birthday(i) || strings.Count(w.Text, "/") == 2 || strings.Count(w.Text, "-") == 2 || digits(w.Text) >= 5 && !strings.ContainsAny(w.Text, ",$")
		}
		return false
	})...)
}

// birthday reports whether word i is the year of a date.
func (p *page) birthday(i int) bool {
	year := p.Words[i].Text
	if len(year) != 4 || year < "1900" || year > "2099" {
		return false
	}
	for j := i - 1; j >= 0 && j >= i-4; j-- {
		if p.In(j, "month") {
			return p.Words[i-1].Kind == plain.Number || i > 1 && p.Words[i-2].Kind == plain.Number
		}
	}
	return false
}

func digits(s string) int {
	n := 0
	for i := range len(s) {
		if s[i] >= '0' && s[i] <= '9' {
			n++
		}
	}
	return n
}

// publicNumber reports whether a number is a toll-free one, as help lines are.
func publicNumber(s string) bool {
	s = strings.TrimPrefix(s, "1")
	for _, free := range [...]string{"800", "833", "844", "855", "866", "877", "888"} {
		if len(s) >= 7 && strings.HasPrefix(s, free) {
			return true
		}
	}
	return false
}

// addressed finds "you" and "your" where no polite phrase holds them.
func addressed(p *page) [][2]int {
	excused := p.covered("you")
	return p.each(func(i int, w plain.Word) bool {
		return !excused[i] && p.In(i, "you") && !strings.HasPrefix(w.Text, "your") && (p.deed(i+1) || p.deed(i-1))
	})
}

// deed reports whether word i says what somebody did, was or is.
func (p *page) deed(i int) bool {
	if i < 0 || i >= len(p.Words) || p.Words[i].Kind != plain.Letters {
		return false
	}
	if p.In(i, "past") || p.In(i, "deed") {
		return true
	}
	w := p.Words[i].Text
	return p.words.lang == "en" && (strings.HasSuffix(w, "ed") || strings.HasSuffix(w, "ing") || strings.HasSuffix(w, "n't")) // not "usted"
}

// covered marks the words of every phrase of a topic.
func (p *page) covered(topic string) []bool {
	out := make([]bool, len(p.Words))
	for _, m := range p.matches {
		if m.Topic == topic {
			for i := m.From; i < m.To; i++ {
				out[i] = true
			}
		}
	}
	return out
}

// said finds medical words that the comment has too, outside sentences that hold
// for everybody.
func said(p *page) [][2]int {
	return p.each(func(i int, w plain.Word) bool {
		return p.echo[i] == "same" && p.labels[i] == "STRONG" && !p.fine[i] && !p.general(w.Sentence)
	})
}

// repeated finds words that repeat or paraphrase a medical matter of the
// comment.
func repeated(p *page) [][2]int {
	return p.each(func(i int, w plain.Word) bool {
		switch p.echo[i] {
		case "same", "like", "number":
			return !p.fine[i] && !p.general(w.Sentence)
		}
		return false
	})
}

// ownTerms finds the practice's own medical words in the same places as health.
func ownTerms(p *page) [][2]int {
	if len(p.words.terms) == 0 {
		return nil
	}
	return p.each(func(i int, w plain.Word) bool { return p.words.terms[w.Text] && !p.general(w.Sentence) })
}

// health finds medical words outside sentences that hold for everybody.
func health(p *page) [][2]int {
	return p.each(func(i int, w plain.Word) bool {
		switch p.labels[i] {
		case "STRONG", "BODY":
			return !p.general(w.Sentence)
		}
		return false
	})
}

// general reports whether a sentence holds for everybody.
func (p *page) general(sentence int) bool {
	for i, w := range p.Words {
		if w.Sentence == sentence && (p.In(i, "any") || p.In(i, "general") || w.Kind == plain.Address) {
			return true
		}
	}
	return false
}
