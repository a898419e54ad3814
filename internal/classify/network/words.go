package network

import (
	"encoding/binary"
	"math"
)

// Word adds a place with the word of a row.
func (n *Network) Word(s *State, row int32, tags uint64) {
	dst := n.grow(s)
	if r := int(row); r < n.Common {
		set(dst, n.common[r*n.columns:(r+1)*n.columns])
	} else {
		r -= n.Common
		v := n.vector(s)
		for i, x := range n.rare[r*n.Size : (r+1)*n.Size] {
			v[i] = int16(x)
		}
		project(dst, n.w, v, n.wScale, math.Float32frombits(binary.LittleEndian.Uint32(n.rareScale[4*r:])))
	}
	n.tag(dst, tags)
}

// mostParts keeps a sum of parts within sixteen bits.
const mostParts = math.MaxInt16 / 127

// finer is how many steps of a vector made of parts are one of a part's.
const finer = 8

// Unknown adds a place with a word that the network does not know, as the mean
// of its parts.
func (n *Network) Unknown(s *State, word string, tags uint64) {
	dst := n.grow(s)
	v := n.vector(s)
	clear(v)
	s.part = Parts(word, n.Parts, s.part[:0])
	s.part = s.part[:min(len(s.part), mostParts)]
	for _, p := range s.part {
		add(v, n.parts[int(p)*n.Size:int(p+1)*n.Size])
	}
	for i, x := range v {
		v[i] = int16(int(x) * finer / max(len(s.part), 1))
	}
	project(dst, n.w, v, n.wScale, n.PartScale/finer)
	n.tag(dst, tags)
}

// vector is room for the vector of a word.
func (n *Network) vector(s *State) []int16 {
	if len(s.vector) != n.Size {
		s.vector = make([]int16, n.Size)
	}
	return s.vector
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
