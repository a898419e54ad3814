package classify

import (
	"slices"
	"unicode/utf8"
)

// kinds of feature; each is hashed with its own number.
const (
	fWord = iota + 1
	fPair
	fStem
	fClass2
	fClass3
	fTag
	fTagAbout
	fTagFlags
	fTerm
	fTogether
	fSentences
	fDoc
	fLength
	fFirst
	fSkip
	fAlarm
	fScene
)

// bits is the size of the hashed feature space.
const bits = 18

type features struct {
	words   []uint32 // what is written
	context []uint32 // what it means
	alarm   []uint32 // signs of danger, for urgent alone
}

// features turns a reading into hashed features, each once.
func (r *reading) features() features {
	var f features
	f.words = make([]uint32, 0, 4*len(r.tokens))
	f.context = make([]uint32, 0, 12*len(r.hits)+64)
	hs := r.hashes()
	r.wordFeatures(&f, hs)
	r.classFeatures(&f, hs)
	r.hitFeatures(&f, hs)
	r.sentenceFeatures(&f)
	r.documentFeatures(&f)
	r.alarmFeatures(&f)
	r.sceneFeatures(&f)
	slices.Sort(f.words)
	slices.Sort(f.context)
	f.words = slices.Compact(f.words)
	f.context = slices.Compact(f.context)
	return f
}

func (r *reading) hashes() []uint64 {
	seed := uint64(0)
	if r.lang != "en" {
		seed = hashString(r.lang)
	}
	hs := make([]uint64, len(r.tokens))
	for i := range r.tokens {
		hs[i] = hashString(r.tokens[i].s) + seed
	}
	return hs
}

func (r *reading) wordFeatures(f *features, hs []uint64) {
	for i, h := range hs {
		f.words = append(f.words, mix(fWord, h, 0, 0))
		if i > 0 {
			f.words = append(f.words, mix(fPair, hs[i-1], h, 0))
		}
		if s := r.tokens[i].s; len(s) > 5 {
			f.words = append(f.words, mix(fStem, hashString(cutAt(s, 5)), hashString(r.lang), 0))
		}
	}
}

// cutAt cuts a word to at most n bytes without breaking a letter.
func cutAt(s string, n int) string {
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}

// classFeatures are runs of two and three units, where a term stands for its
// meaning: "my [body] [symptom]".
func (r *reading) classFeatures(f *features, hs []uint64) {
	units := make([]uint64, 0, len(r.tokens))
	k := 0
	for i := 0; i < len(r.tokens); {
		if k < len(r.hits) && r.hits[k].from == i {
			units = append(units, uint64(r.hits[k].tags))
			i = r.hits[k].to
			k++
			continue
		}
		units = append(units, hs[i])
		i++
	}
	for i := range units {
		if i > 0 {
			f.words = append(f.words, mix(fClass2, units[i-1], units[i], 0))
		}
		if i > 1 {
			f.words = append(f.words, mix(fClass3, units[i-2], units[i-1], units[i]), mix(fSkip, units[i-2], units[i], 0))
		}
	}
}

// hitFeatures are the medical terms with whose they are and how they are
// meant.
func (r *reading) hitFeatures(f *features, hs []uint64) {
	for k, h := range r.hits {
		if !h.tags.any(medical | allusion | setOf(tagSpec, tagDanger)) {
			continue
		}
		who := uint64(r.about(k))
		flags := r.flags(k)
		term := uint64(0)
		for i := h.from; i < h.to; i++ {
			term = term*31 + hs[i]
		}
		f.context = append(f.context, mix(fTerm, term, who, 0))
		for t := tagCond; t < tagCount; t++ {
			if h.tags.has(t) {
				f.context = append(f.context, mix(fTag, uint64(t), 0, 0), mix(fTagAbout, uint64(t), who, 0), mix(fTagFlags, uint64(t), who, flags))
			}
		}
	}
}

// sentenceFeatures are pairs of tags in one sentence.
func (r *reading) sentenceFeatures(f *features) {
	for _, s := range r.sent {
		for a := tagCond; a < tagCount; a++ {
			if !s.has(a) {
				continue
			}
			for b := a + 1; b < tagCount; b++ {
				if s.has(b) {
					f.context = append(f.context, mix(fTogether, uint64(a), uint64(b), 0))
				}
			}
		}
	}
}

// documentFeatures say what the whole text holds, and how long it is.
func (r *reading) documentFeatures(f *features) {
	var n [5]uint64 // specific of self, of family, other specific, allusions, body
	for k, h := range r.hits {
		who := r.about(k)
		switch {
		case h.tags.any(specific) && who == tagSelf:
			n[0]++
		case h.tags.any(specific) && (who == tagFam || who == tagOther):
			n[1]++
		case h.tags.any(specific):
			n[2]++
		case h.tags.any(allusion):
			n[3]++
		case h.tags.has(tagBody):
			n[4]++
		}
	}
	length := uint64(0)
	for l := len(r.tokens); l > 6; l /= 2 {
		length++
	}
	f.context = append(f.context, mix(fLength, length, 0, 0))
	for i := range n {
		v := min(n[i], 4)
		f.context = append(f.context, mix(fDoc, uint64(i), v, 0), mix(fDoc, uint64(i), v, length+1))
	}
	f.context = append(f.context, mix(fSentences, min(n[0]+n[1], 2), min(n[2], 2), min(n[3], 2)))
	for t := tagCond; t < tagCount; t++ {
		if r.all.has(t) {
			f.context = append(f.context, mix(fFirst, uint64(t), min(length, 3), 0))
		}
	}
}

// alarmFeatures say how many signs of danger stand beside which other signs.
func (r *reading) alarmFeatures(f *features) {
	n := uint64(0)
	for _, h := range r.hits {
		if h.tags.has(tagDanger) {
			n++
		}
	}
	n = min(n, 4)
	signs := [...]tags{setOf(tagNow), setOf(tagHelp), setOf(tagPast), setOf(tagJoke, tagIdiom), setOf(tagAware, tagGen), setOf(tagAsk), setOf(tagHyp), setOf(tagSelf), setOf(tagFam, tagOther)}
	all := uint64(0)
	for i, s := range signs {
		if r.all.any(s) {
			all |= 1 << i
			f.alarm = append(f.alarm, mix(fAlarm, n, uint64(i), 1), mix(fAlarm, min(n, 1), uint64(i), 2))
		} else {
			f.alarm = append(f.alarm, mix(fAlarm, min(n, 2), uint64(i), 3))
		}
	}
	n = min(n, 2)
	f.alarm = append(f.alarm, mix(fAlarm, n, all&63, 4), mix(fAlarm, n, all&7, 5), mix(fAlarm, n, all&31, 6))
}

// sceneFeatures say who is in the text and how it talks, beside how many
// details it tells.
func (r *reading) sceneFeatures(f *features) {
	n, v := uint64(0), uint64(0)
	for _, h := range r.hits {
		if h.tags.any(specific) {
			n++
		} else if h.tags.any(allusion) {
			v++
		}
	}
	n, v = min(n, 2), min(v, 2)
	who, how := uint64(0), uint64(0)
	for i, t := range [...]tag{tagSelf, tagFam, tagOther, tagGen} {
		who |= uint64(r.all>>t&1) << i
	}
	for i, t := range [...]tag{tagAware, tagJoke, tagIdiom, tagHyp, tagAsk, tagAdvert} {
		how |= uint64(r.all>>t&1) << i
	}
	for i, x := range [...]uint64{who, how, who&3 | how<<2} {
		f.context = append(f.context, mix(fScene, n, x, uint64(i)), mix(fScene, n*3+v, x, uint64(i)+8))
	}
}

func hashString(s string) uint64 {
	h := uint64(14695981039346656037)
	for i := 0; i < len(s); i++ {
		h = (h ^ uint64(s[i])) * 1099511628211
	}
	return h
}

// mix hashes a feature into the space.
func mix(kind, a, b, c uint64) uint32 {
	h := kind*0x9E3779B97F4A7C15 ^ a
	h = (h ^ h>>31) * 0xBF58476D1CE4E5B9
	h = (h ^ b ^ h>>29) * 0x94D049BB133111EB
	h = (h ^ c ^ h>>32) * 0xD6E8FEB86659FD93
	return uint32((h ^ h>>32) & (1<<bits - 1))
}
