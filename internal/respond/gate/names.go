package gate

import (
	"strings"

	"triage/internal/respond/gate/plain"
)

// namedPeople finds names that are not staff: words of the list of names, what
// follows a title, and words that are in no list where the name of a person
// stands.
func namedPeople(p *page) [][2]int {
	return p.each(func(i int, w plain.Word) bool {
		return p.mayName(i) && (p.words.names[nameOf(w)] || p.titled(i) || p.strange(i) && p.personal(i) || p.nobody(i))
	})
}

// likeNames finds other words that look like a name without being in a list.
func likeNames(p *page) [][2]int {
	return p.each(func(i int, w plain.Word) bool { return p.mayName(i) && (p.strange(i) || p.stranger(i)) })
}

// strange reports whether word i is no everyday and no medical word, and has a
// capital that tells something.
func (p *page) strange(i int) bool {
	w := p.Words[i]
	return w.Capital && !p.known[i] && !p.flat && (!w.First || p.follows(i, "does")) && !p.words.technical[nameOf(w)] && !p.In(i, "strong")
}

// personal reports whether word i stands where the name of a person would: "to
// Marsh", "Marsh says".
func (p *page) personal(i int) bool {
	return p.follows(i, "does") && p.Words[i].First || i > 0 && p.In(i-1, "before-name")
}

func (p *page) follows(i int, class string) bool { return i+1 < len(p.Words) && p.In(i+1, class) }

func (p *page) mayName(i int) bool {
	w := p.Words[i]
	return w.Kind == plain.Letters && !p.staff[i] && len(w.Text) > 2 && !code.MatchString(p.out.Text[w.Start:w.End]) && !p.In(i, "proper") && !p.placeAround(i)
}

func nameOf(w plain.Word) string { return strings.TrimSuffix(w.Text, "'s") }

// titled reports whether word i follows a title, as a name does.
func (p *page) titled(i int) bool {
	w := p.Words[i]
	return i > 0 && !w.First && (w.Capital || !p.known[i]) && p.In(i-1, "title")
}

// nobody reports a stranger that is no newer word either.
func (p *page) nobody(i int) bool {
	return p.stranger(i) && p.Words[i].Tricks == 0 && len(p.Words[i].Text) > 3 && p.labels[i] == "OTHER" && !p.In(i, "modern")
}

// stranger reports whether word i, in a text whose capitals tell nothing, is in no
// list at all: most likely a name.
func (p *page) stranger(i int) bool {
	w := p.Words[i]
	return p.flat && !p.known[i] && !p.words.technical[nameOf(w)] && !p.In(i, "strong")
}

// isFlat reports whether a text of several words does not distinguish names by
// capitals: it has none, or nothing else, or strews them.
func isFlat(words []plain.Word, text string) bool {
	letters, capital, shout, strewn := 0, 0, 0, 0
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
		if within(text[w.Start:w.End]) {
			strewn++
		}
	}
	return letters > 2 && (capital == 0 || shout == letters || strewn*4 > letters)
}

// within reports a capital behind a small letter.
func within(word string) bool {
	small := false
	for i := range len(word) {
		switch c := word[i]; {
		case c >= 'a' && c <= 'z':
			small = true
		case c >= 'A' && c <= 'Z' && small:
			return true
		}
	}
	return false
}

// placeAround reports whether a capital word belongs to the name of a place or
// a house, such as a street, a park or a practice.
func (p *page) placeAround(i int) bool {
	if p.flat {
		return false // capitals tell nothing
	}
	for j := i + 1; j < len(p.Words) && j <= i+3 && p.Words[j].Kind != plain.Mark; j++ {
		if p.In(j, "place") && p.Words[j].Capital {
			return true
		}
		if !p.Words[j].Capital {
			break
		}
	}
	for j, back := i-1, 0; j >= 0 && back < 2 && p.Words[j].Kind != plain.Mark; j-- {
		if p.In(j, "before-place") {
			return true
		}
		if p.In(j, "connect") { // "rue des Érables"
			continue
		}
		back++
		if !p.Words[j].Capital {
			return false
		}
	}
	return false
}
