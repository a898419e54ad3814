// Package length counts a post as X does: by weight, where a link counts alike
// however long it is and an emoji counts once however many code points it takes.
//
// It follows version 3 of the configuration that X publishes with twitter-text.
// It neither sends nor shortens anything.
package length

import "golang.org/x/text/unicode/norm"

// Max is the greatest length of a post.
const Max = 280

// rules are what X publishes as a configuration of twitter-text. Weights are in
// hundredths of a character.
type rules struct {
	max      int
	weight   int // of a code point outside the light ranges
	light    []span
	emoji    bool // an emoji counts once
	linkSize int  // characters that a link counts
}

// span goes from a first code point, or place, to a last.
type span struct{ from, to int }

const (
	scale       = 100
	lightWeight = 100
)

// version3 is the configuration in force.
var version3 = rules{
	max: Max, weight: 200, emoji: true, linkSize: 23,
	light: []span{{0x0000, 0x10FF}, {0x2000, 0x200D}, {0x2010, 0x201F}, {0x2032, 0x2037}},
}

// Count is the length of text as X counts it.
func Count(text string) int { return version3.count(text) }

// Accepted reports whether X would take text as the text of a post: it is not
// empty, not too long, and holds no code point that is none.
func Accepted(text string) bool { return version3.accepts(text) }

func (r rules) accepts(text string) bool {
	for _, c := range text {
		if noCharacter(c) {
			return false
		}
	}
	n := r.count(text)
	return n > 0 && n <= r.max
}

func noCharacter(c rune) bool { return c == 0xFFFE || c == 0xFEFF || c == 0xFFFF }

func (r rules) count(text string) int {
	rs := []rune(norm.NFC.String(text))
	found := links(rs)
	total := 0
	for i := 0; i < len(rs); {
		switch n := 0; {
		case len(found) > 0 && found[0].from == i:
			total += r.linkSize * scale
			i, found = found[0].to, found[1:]
		case r.emoji && takes(&n, emoji(rs[i:])):
			total += r.weight
			i += n
		default:
			total += r.of(rs[i])
			i++
		}
	}
	return total / scale
}

// takes notes n and reports whether there is anything to take.
func takes(to *int, n int) bool {
	*to = n
	return n > 0
}

// of is the weight of one code point.
func (r rules) of(c rune) int {
	for _, s := range r.light {
		if int(c) >= s.from && int(c) <= s.to {
			return lightWeight
		}
	}
	return r.weight
}
