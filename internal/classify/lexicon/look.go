package lexicon

import "triage/internal/classify/network"

// TagMore is the first of the tags that are free for a task to give words
// itself: from it up to, but without, TagEdge.
const TagMore uint64 = 1 << (tagCount + 2)

// ahead is how many words before it is added the row of a word is fetched.
const ahead = 2

// Look shows the network the text: s is then ready for Answer, and has a place
// for each token and one before and one after them. more are further tags of
// each token; nil for none. A state that serves one network alone is fastest.
func (r *Reading) Look(n *network.Network, s *network.State, more []uint64) {
	r.meet(n, s)
	n.Reset(s)
	n.Blank(s, TagEdge)
	for i, row := range r.rows {
		if i+ahead < len(r.rows) && n.Tabulated(r.rows[i+ahead]) {
			n.Soon(r.rows[i+ahead])
		}
		tags := r.InputTags(i)
		if more != nil {
			tags |= more[i]
		}
		if row >= 0 {
			n.Word(s, row, tags)
		} else {
			n.Unknown(s, r.InputWord(i), r.Tokens[i].Hash, tags|TagUnknown)
		}
	}
	n.Blank(s, TagEdge)
}

// meet finds the rows of the tokens, and has those worked out that are not
// tabulated.
func (r *Reading) meet(n *network.Network, s *network.State) {
	r.rows = r.rows[:0]
	marks, words := Prefixes(""), Prefixes(r.Lang)
	for i := range r.Tokens {
		known := words
		if r.Tokens[i].Mark {
			known = marks
		}
		row := r.row(n, i, known)
		if !n.Tabulated(row) {
			n.Meet(s, row, r.InputWord(i), r.Tokens[i].Hash)
		}
		r.rows = append(r.rows, row)
	}
}

// row is that of token i, known under one of the prefixes, or less than 0.
func (r *Reading) row(n *network.Network, i int, prefixes []string) int32 {
	t := &r.Tokens[i]
	for _, p := range prefixes {
		h := t.Hash
		if p != "" || t.Digit {
			h = network.Hash(p, r.InputWord(i))
		}
		if row, ok := n.Row(h); ok {
			return row
		}
	}
	return -1
}
