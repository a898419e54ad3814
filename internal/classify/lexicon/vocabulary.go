package lexicon

// vocabulary is all single words that the lists know of, found by their hash
// in a table of open addresses: every word of every text is looked for in it.
type vocabulary struct {
	slots []uint64 // the upper half of a word's hash, and its place in words
	words []listed // the first one is no word
}

// listed is what the lists know of a word.
type listed struct {
	hash   uint64
	little uint16                   // the known languages that it is common in
	terms  [len(languages{})]*entry // what may begin with it, by language
}

func newVocabulary() *vocabulary {
	return &vocabulary{slots: make([]uint64, 2), words: make([]listed, 1)}
}

// find is the place in words of the word with a hash, or 0.
func (v *vocabulary) find(hash uint64) int32 {
	mask := uint64(len(v.slots) - 1)
	for i := hash & mask; ; i = (i + 1) & mask {
		switch s := v.slots[i]; {
		case s == 0:
			return 0
		case s>>32 == hash>>32 && v.words[uint32(s)].hash == hash:
			return int32(uint32(s))
		}
	}
}

// at is what is known of the word with a hash, valid until the next call.
func (v *vocabulary) at(hash uint64) *listed {
	k := v.find(hash)
	if k == 0 {
		k = int32(len(v.words))
		v.words = append(v.words, listed{hash: hash})
		if 2*len(v.words) > len(v.slots) {
			v.grow()
		} else {
			v.put(k)
		}
	}
	return &v.words[k]
}

func (v *vocabulary) grow() {
	v.slots = make([]uint64, 2*len(v.slots))
	for k := 1; k < len(v.words); k++ {
		v.put(int32(k))
	}
}

func (v *vocabulary) put(k int32) {
	hash, mask := v.words[k].hash, uint64(len(v.slots)-1)
	i := hash & mask
	for v.slots[i] != 0 {
		i = (i + 1) & mask
	}
	v.slots[i] = hash>>32<<32 | uint64(k)
}
