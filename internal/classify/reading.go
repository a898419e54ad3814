package classify

// reading is a text with what was found in it.
type reading struct {
	text
	lang  string
	hits  []hit
	of    []tags // of the hit that each token is part of
	sent  []tags // all tags of each sentence
	asked []bool // sentences with a question mark
	opens []bool // sentences that begin as a question does
	found []found
	all   tags
}

// find finds the terms of the text.
func (r *reading) find(lang string, l *lexicon) {
	r.lang, r.all = lang, 0
	r.hits = l.find(r.tokens, r.hits[:0])
	r.sent, r.asked, r.of = blank(r.sent, r.sents+1), blank(r.asked, r.sents+1), blank(r.of, len(r.tokens))
	for _, h := range r.hits {
		r.sent[h.sent] |= h.tags
		r.all |= h.tags
		for i := h.from; i < h.to; i++ {
			r.of[i] = h.tags
		}
	}
	for i := range r.tokens {
		if r.tokens[i].s == "?" {
			r.sent[r.tokens[i].sent] |= 1 << tagAsk
			r.asked[r.tokens[i].sent] = true
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

// about says whose the hit k is: the nearest subject before it in the
// sentence, else after it; tagCount when the sentence names nobody.
func (r *reading) about(k int) tag {
	h := r.hits[k]
	if t := subjectOf(h.tags); t != tagCount && h.tags.any(medical|allusion) {
		return t
	}
	for j := k - 1; j >= 0 && j >= k-8 && r.hits[j].sent == h.sent; j-- {
		if t := subjectOf(r.hits[j].tags); t != tagCount {
			return t
		}
	}
	for j := k + 1; j < len(r.hits) && j <= k+5 && r.hits[j].sent == h.sent; j++ {
		if t := subjectOf(r.hits[j].tags); t != tagCount {
			return t
		}
	}
	return tagCount
}

// subjectOf picks the subject among tags, the most telling first.
func subjectOf(s tags) tag {
	for _, t := range [...]tag{tagFam, tagOther, tagSelf, tagGen, tagYou} {
		if s.has(t) {
			return t
		}
	}
	return tagCount
}

// negated reports a word of negation among the three terms before hit k.
func (r *reading) negated(k int) bool {
	for j := k - 1; j >= 0 && j >= k-3 && r.hits[j].sent == r.hits[k].sent; j-- {
		if r.hits[j].tags.has(tagNeg) {
			return true
		}
	}
	return false
}

// flags says how hit k is meant: negated, and what else its sentence holds.
func (r *reading) flags(k int) uint64 {
	s, f := r.sent[r.hits[k].sent], uint64(0)
	if r.negated(k) {
		f |= 1
	}
	for i, t := range [...]tag{tagTreat, tagHyp, tagGen, tagPast} {
		if s.has(t) {
			f |= 2 << i
		}
	}
	return f
}

// asks says what the comment wants of the practice. A question about one's own
// care matters where no detail was told; where one was, the level says it.
func (r *reading) asks(out *Judgement) Ask {
	r.opens = r.opensAsking()
	question, care := false, false
	for i, s := range r.sent {
		if !r.asked[i] && !r.opens[i] {
			continue
		}
		question = true
		if s.any(setOf(tagSelf, tagFam)) && s.has(tagCare) && !s.any(setOf(tagAware, tagAdvert)) {
			care = true
		}
	}
	switch {
	case care && out.Level == None:
		return AsksOwnCare
	case question && !r.all.has(tagAdvert) || r.all.has(tagComplain):
		return AsksPractice
	}
	return AsksNothing
}

// opensAsking marks the sentences that have words of asking within their first
// two terms.
func (r *reading) opensAsking() []bool {
	opens := blank(r.opens, len(r.sent))
	seen, sent := 0, -1
	for _, h := range r.hits {
		if h.sent != sent {
			seen, sent = 0, h.sent
		}
		if seen++; seen <= 2 && h.tags.has(tagAsk) {
			opens[sent] = true
		}
	}
	return opens
}
