package gate

import (
	"slices"
	"strings"

	"triage/internal/respond/gate/plain"
)

// rule is one reason not to publish: a name, how it finds places on a page
// (from word, to word, not including), and what the writer is told; %s is the
// offending place.
type rule struct {
	name string
	find func(p *page) [][2]int
	why  string
}

// rules are tried in this order; the first to claim a place keeps it.
var rules = []rule{
	{"hidden", tricked, "%s is written with signs or gaps that hide what it says. Type it in plain letters."},
	{"identifier", identifiers, "%s can lead to one person. Leave out numbers, addresses and dates that are not the practice's own."},
	{"name", namedPeople, "%s names a person who is not on the list of staff. Leave the name out."},
	{"details", topic("details"), "%s asks for details where everybody can read the answer. Invite to a call or a private message instead."},
	{"relationship", topic("relationship"), "%s tells everyone that this person is or was a patient. Say it so that it fits a stranger too."},
	{"denial", topic("denial"), "%s tells everyone who is not a patient here. Neither confirm nor deny; say how the office is reached."},
	{"visit", topic("visit"), "%s speaks of this person's appointment or visit. Speak of opening hours or how to reach the office instead."},
	{"billing", topic("billing"), "%s speaks of this person's bill or insurance. Say only how the billing desk is reached."},
	{"advice", topic("advice"), "%s is medical advice to one person. Say that nobody can be advised here, and how to reach a clinician."},
	{"blame", topic("blame"), "%s argues or blames. Say that the comment was read, and how to talk in private."},
	{"terms", topic("terms"), "%s bargains, threatens or gets personal. Leave it out."},
	{"event", either(topic("event"), topic("third"), topic("praise")), "%s speaks of something that happened to one person. Say what holds for everybody, or leave it out."},
	{"relationship", addressed, "%s speaks about this person. Write the sentence so that it holds for everybody."},
	{"repeats", repeated, "%s repeats something about this person's health. Say it without that."},
	{"health", health, "%s is a health fact. Say it without that, or say that it holds for everybody."},
}

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
	spaced, leet := 0, 0
	for _, w := range p.Words {
		if w.Tricks&plain.Spaced != 0 {
			spaced++
		}
		if w.Tricks&plain.Digits != 0 {
			leet++
		}
	}
	return p.each(func(i int, w plain.Word) bool {
		switch {
		case w.Tricks&^(plain.Spaced|plain.Digits) != 0:
			return true
		case w.Tricks&plain.Digits != 0 && leet > 1, w.Tricks&plain.Spaced != 0 && spaced > 3:
			return true
		}
		return w.Tricks != 0 && !p.In(i, "cheer") && !p.known[i]
	})
}

// identifiers finds numbers, addresses and dates that lead to a person.
func identifiers(p *page) [][2]int {
	out := topic("identifier")(p)
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

// namedPeople finds names that are not staff.
func namedPeople(p *page) [][2]int {
	return p.each(func(i int, w plain.Word) bool {
		return w.Kind == plain.Letters && !p.staff[i] && len(w.Text) > 2 && p.likeName(i) && !p.In(i, "proper") && !p.placeAround(i)
	})
}

// likeName reports whether word i looks like the name of a person: it is in
// the list of names, or no everyday word and has a capital, or follows a title.
func (p *page) likeName(i int) bool {
	w := p.Words[i]
	base := strings.TrimSuffix(w.Text, "'s")
	titled := i > 0 && !w.First && (w.Capital || !p.known[i])
	switch {
	case p.words.names[base]:
		return true
	case p.known[i]:
		return titled && p.In(i-1, "title")
	case w.First && w.Capital && i+1 < len(p.Words) && p.In(i+1, "does"):
		return true
	case !w.Capital || w.Shout || w.First:
		return titled && p.In(i-1, "title") || p.stranger(i)
	}
	return !p.words.technical[base] && !p.In(i, "strong")
}

// stranger reports whether word i, in a text without capitals or of capitals
// only, is in no list at all: most likely a name.
func (p *page) stranger(i int) bool {
	w := p.Words[i]
	return p.flat && !p.known[i] && w.Tricks == 0 && len(w.Text) > 3 && p.labels[i] == "OTHER" && !p.In(i, "modern")
}

// isFlat reports whether a text of several words does not distinguish names by
// capitals.
func isFlat(words []plain.Word) bool {
	letters, capital, shout := 0, 0, 0
	for _, w := range words {
		if w.Kind != plain.Letters || len(w.Text) < 2 {
			continue
		}
		letters++
		if w.Capital {
			capital++
		}
		if w.Shout {
			shout++
		}
	}
	return letters > 2 && (capital == 0 || shout == letters)
}

// placeAround reports whether a capital word belongs to the name of a place or
// a house, such as a street, a park or a practice.
func (p *page) placeAround(i int) bool {
	for j := i + 1; j < len(p.Words) && j <= i+3 && p.Words[j].Kind != plain.Mark; j++ {
		if p.In(j, "place") && p.Words[j].Capital {
			return true
		}
		if !p.Words[j].Capital {
			break
		}
	}
	for j := i - 1; j >= 0 && j >= i-2 && p.Words[j].Kind != plain.Mark; j-- {
		if p.In(j, "before-place") {
			return true
		}
		if !p.Words[j].Capital {
			return false
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
	w := p.Words[i].Text
	return p.In(i, "past") || p.In(i, "deed") || strings.HasSuffix(w, "ed") || strings.HasSuffix(w, "ing") || strings.HasSuffix(w, "n't")
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
