package lexicon

// Reading is a text as it was read, with the terms that were found in it. It
// is used again for the next text, and what was taken from it is valid until
// then. The zero value is ready.
type Reading struct {
	Raw    string
	Lang   string // en, es or fr, another language's code, or "und"
	Tokens []Token
	Hits   []Hit // in order
	All    Tags  // of all hits

	known   []int32 // what the vocabulary has of each token, by its place there
	sents   int
	letters int     // in all
	foreign int     // letters that are not Latin
	of      []Tags  // of the hit that each token is part of
	sent    []Tags  // all tags of each sentence
	asked   []bool  // sentences with a question mark
	opens   []bool  // sentences that begin as a question does
	digits  []byte  // of Input
	rows    []int32 // of the tokens, in the network that looked last
	cutter
}

// Hit is a term found in a text.
type Hit struct {
	Tags     Tags
	From, To int // tokens, To exclusive
	sent     int
}

// lookUp looks for every token in the vocabulary.
func (r *Reading) lookUp(v *vocabulary) {
	r.known = r.known[:0]
	for i := range r.Tokens {
		r.known = append(r.known, v.find(r.Tokens[i].Hash))
	}
}

// find finds the terms of the text; none without a list.
func (r *Reading) find(l *list) {
	r.Hits, r.All = r.Hits[:0], 0
	if l != nil {
		r.Hits = l.find(r, len(r.Tokens), r.Hits)
	}
	r.sent, r.asked, r.of = blank(r.sent, r.sents+1), blank(r.asked, r.sents+1), blank(r.of, len(r.Tokens))
	for _, h := range r.Hits {
		r.sent[h.sent] |= h.Tags
		r.All |= h.Tags
		for i := h.From; i < h.To; i++ {
			r.of[i] = h.Tags
		}
	}
	for i := range r.Tokens {
		if r.Tokens[i].Word == "?" {
			r.sent[r.Tokens[i].Sent] |= 1 << TagAsk
			r.asked[r.Tokens[i].Sent] = true
		}
	}
}

// blank is s with n elements, all zero.
func blank[T any](s []T, n int) []T {
	if cap(s) < n {
		return make([]T, n, 2*n)
	}
	s = s[:n]
	clear(s)
	return s
}

// Place is where a hit stands in the text as it was written, in bytes.
func (r *Reading) Place(h Hit) (start, end int) {
	return r.Tokens[h.From].Start, r.Tokens[h.To-1].End
}

// OfSomebody reports whether hit k is about somebody, or about nobody who is
// named; not about people in general or the reader.
func (r *Reading) OfSomebody(k int) bool {
	who := r.about(k)
	return who != TagGen && who != TagYou
}

// about says whose the hit k is: the nearest subject before it in the
// sentence, else after it; tagCount when the sentence names nobody.
func (r *Reading) about(k int) Tag {
	h := r.Hits[k]
	if t := subjectOf(h.Tags); t != tagCount && h.Tags.Any(Medical|Allusion) {
		return t
	}
	for j := k - 1; j >= 0 && j >= k-8 && r.Hits[j].sent == h.sent; j-- {
		if t := subjectOf(r.Hits[j].Tags); t != tagCount {
			return t
		}
	}
	for j := k + 1; j < len(r.Hits) && j <= k+5 && r.Hits[j].sent == h.sent; j++ {
		if t := subjectOf(r.Hits[j].Tags); t != tagCount {
			return t
		}
	}
	return tagCount
}

// subjectOf picks the subject among tags, the most telling first.
func subjectOf(s Tags) Tag {
	for _, t := range [...]Tag{TagFam, TagOther, TagSelf, TagGen, TagYou} {
		if s.Has(t) {
			return t
		}
	}
	return tagCount
}

// Questions reports whether the text asks anything, and whether one of its
// questions is about the care of the writer or of a relative.
func (r *Reading) Questions() (asks, care bool) {
	r.openings()
	for i, s := range r.sent {
		if r.asked[i] || r.opens[i] {
			asks = true
			care = care || s.Any(Of(TagSelf, TagFam)) && s.Has(TagCare) && !s.Any(Of(TagAware, TagAdvert))
		}
	}
	return asks, care
}

// openings marks the sentences that have words of asking within their first
// two terms.
func (r *Reading) openings() {
	r.opens = blank(r.opens, len(r.sent))
	seen, sent := 0, -1
	for _, h := range r.Hits {
		if h.sent != sent {
			seen, sent = 0, h.sent
		}
		if seen++; seen <= 2 && h.Tags.Has(TagAsk) {
			r.opens[sent] = true
		}
	}
}
