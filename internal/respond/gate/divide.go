package gate

import (
	"slices"
	"strings"

	"triage/internal/respond/gate/plain"
)

// divide appends w as the words that it is made of, or as it is.
func (m *mender) divide(w plain.Word) {
	parts := m.parts(w.Text, m.humps(w))
	if len(parts) == 2 && !m.apart(parts[0], parts[1]) || len(parts) > 0 && m.likeName(w) && !(w.First && m.isSmall(parts[0])) {
		parts = nil
	}
	for i, p := range parts {
		part := w
		part.Text, part.First = p, w.First && i == 0
		part.Tricks |= plain.Broken
		m.out = append(m.out, part)
	}
	if len(parts) == 0 {
		m.out = append(m.out, w)
		return
	}
	m.changed = true
}

// apart reports whether two words that make up another are no compound: one of
// them is a small word that none begins or ends with.
func (l *tongue) apart(a, b string) bool {
	return l.isSmall(a) && !heads[a] && len(a) > 1 || len(a)+len(b) > shortFused && l.isSmall(b) && !tails[b] && len(b) > 1
}

func (l *tongue) isSmall(w string) bool {
	id := l.book.ClassID("small")
	if id == 0 {
		return little[w]
	}
	return slices.Contains(l.book.Names(w), id)
}

// little are the small words of French, whose rules have no class of them.
var little = set("nous vous votre notre vos nos merci pour avec dans mais une les est sont pas qui bonjour de la le du au un et en ce")

// heads and tails are small words that compounds begin and end with.
var (
	heads = set("my up out over under in on off down after self back any some every no all more once long good great best well open free new old re de en con a y o sin sobre entre contra des sur par ex")
	tails = set("up out over down off in on back time day one body thing where place way lo la le los las les me te se nos es son ment able er or ant ne less like ever line book page room side well work works room free self selves time times people made")
)

// parts are the fewest words that make up a fused one; none where they would
// be too short to mean that.
func (l *tongue) parts(w string, humps int) []string {
	n := len(w)
	if n < shortFused || n > mostFused {
		return nil
	}
	const none = 1 << 20
	cost, from := make([]int, n+1), make([]int, n+1)
	for end := 1; end <= n; end++ {
		cost[end] = none
		for start := max(0, end-longestWord); start < end; start++ {
			c := cost[start] + price(end-start)
			if c < cost[end] && l.part(w[start:end]) {
				cost[end], from[end] = c, start
			}
		}
	}
	if cost[n] >= none {
		return nil
	}
	var out []string
	for end := n; end > 0; end = from[end] {
		out = append([]string{w[from[end]:end]}, out...)
	}
	shortest := shortestPart
	if n >= longFused {
		shortest--
	}
	if len(out) < 2 || len(out) > 2 && len(out) != humps && len(out)*shortest > n+1 {
		return nil
	}
	return out
}

// humps counts the parts that capitals divide a word into: "ThankYou" has two.
func (m *mender) humps(w plain.Word) int {
	written, n := m.text[w.Start:w.End], 1
	for i := 1; i < len(written); i++ {
		if isUpper(written[i]) && !isUpper(written[i-1]) {
			n++
		}
	}
	return n
}

func isUpper(c byte) bool { return c >= 'A' && c <= 'Z' }

// stretched reports a word with three of one letter in a row.
func stretched(w string) bool { return squeeze(w, 2) != w }

const shortestPart = 4 // letters, on average

// price is what a part of so many letters counts: long ones are the likelier.
func price(letters int) int {
	if letters < 3 {
		return 4
	}
	return 3
}

// part reports a word that others may be written to without a space.
func (l *tongue) part(s string) bool {
	if len(s) < 3 {
		return len(s) == 2 && l.isSmall(s) || l.single(s)
	}
	return l.vocabulary[s] || len(s) > 3 && l.names[s] || l.technical[s] || strings.IndexByte(s, '\'') > 0 && l.knows(s)
}
