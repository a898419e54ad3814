package network

import "math/bits"

// Tabulated reports that the answers to the word of a row were worked out
// beforehand.
func (n *Network) Tabulated(row int32) bool { return uint32(row) < uint32(n.Common) }

// Soon says that the tabulated word of a row will be added soon.
func (n *Network) Soon(row int32) {
	prefetch(n.common[int(row)*n.columns : int(row+1)*n.columns])
}

// Word adds a place with the word of a row.
func (n *Network) Word(s *State, row int32, tags uint64) {
	dst := n.grow(s)
	r := int(row)
	if r >= n.Common {
		copy(dst, n.rareAnswer(s, r))
		n.tag(dst, tags)
		return
	}
	word := n.common[r*n.columns : (r+1)*n.columns]
	if tags == 0 {
		set(dst, word)
		return
	}
	sum(dst, word, n.tagRow(bits.TrailingZeros64(tags)))
	n.tag(dst, tags&(tags-1))
}

// Unknown adds a place with a word that the network does not know, as the mean
// of its parts; hash is its Hash without a prefix.
func (n *Network) Unknown(s *State, word string, hash, tags uint64) {
	dst := n.grow(s)
	copy(dst, n.unknownAnswer(s, word, hash))
	n.tag(dst, tags)
}

// Parts appends the numbers of the parts of a word, its runs of three to five
// letters with marks at both ends, hashed into so many buckets (Bojanowski et
// al., TACL 2017).
func Parts(word string, buckets int, dst []int32) []int32 {
	const shortest, longest = 3, 5
	n := len(word) + 2
	at := func(i int) byte {
		switch i {
		case 0:
			return '<'
		case n - 1:
			return '>'
		}
		return word[i-1]
	}
	for i := range n {
		if at(i)&0xC0 == 0x80 {
			continue
		}
		h, letters := uint32(2166136261), 0
		for j := i; j < n && letters < longest; letters++ {
			h = (h ^ uint32(at(j))) * 16777619
			for j++; j < n && at(j)&0xC0 == 0x80; j++ {
				h = (h ^ uint32(at(j))) * 16777619
			}
			if letters+1 >= shortest && (i > 0 || j < n) {
				dst = append(dst, int32(h%uint32(buckets)))
			}
		}
	}
	return dst
}
