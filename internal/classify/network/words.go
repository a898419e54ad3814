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
		answer, ok := n.recall(s, (uint64(r)+1)*0x9E3779B97F4A7C15)
		if ok {
			copy(dst, answer)
			n.tag(dst, tags)
			return
		}
		x := math.Float32frombits(binary.LittleEndian.Uint32(n.rareScale[4*r:]))
		s.clear(n)
		for i, v := range n.rare[r*n.Size : (r+1)*n.Size] {
			s.vector[i] = x * float32(v)
		}
		n.project(s, answer)
		copy(dst, answer)
	}
	n.tag(dst, tags)
}

// Unknown adds a place with a word that the network does not know, as the mean
// of its parts.
func (n *Network) Unknown(s *State, word string, tags uint64) {
	dst := n.grow(s)
	answer, ok := n.recall(s, Hash("", word)|1<<63)
	if ok {
		copy(dst, answer)
		n.tag(dst, tags)
		return
	}
	s.clear(n)
	s.part = Parts(word, n.Parts, s.part[:0])
	for _, p := range s.part {
		for i, v := range n.parts[int(p)*n.Inner : int(p+1)*n.Inner] {
			s.vector[i] += float32(v)
		}
	}
	for i := range s.vector[:n.Inner] {
		s.vector[i] *= n.PartScale / float32(max(len(s.part), 1))
	}
	n.project(s, answer)
	copy(dst, answer)
	n.tag(dst, tags)
}

func (s *State) clear(n *Network) {
	if len(s.vector) != n.Size {
		s.vector, s.row = make([]float32, n.Size), make([]float32, n.columns)
	}
	clear(s.vector)
	clear(s.row)
}

// remembered is how many answers to words that are not tabulated a State
// keeps: such words come back.
const remembered = 512

// recall returns the answer to a word worked out before, if it is still there,
// and otherwise where to put it.
func (n *Network) recall(s *State, hash uint64) (row []int16, ok bool) {
	if s.memory == nil {
		s.memory, s.owner = make([]int16, remembered*n.columns), make([]uint64, remembered)
	}
	i := hash >> 32 % remembered
	ok = s.owner[i] == hash
	s.owner[i] = hash
	return s.memory[int(i)*n.columns:][:n.columns], ok
}

// project answers the vector of s.
func (n *Network) project(s *State, dst []int16) {
	for i := 0; i < len(s.vector); i += 4 {
		a := [4]float32(s.vector[i:])
		if a != [4]float32{} {
			axpy4(&a, n.w[i*n.columns:], s.row)
		}
	}
	for i, x := range s.row {
		dst[i] = int16(max(-3000, min(3000, x)) + half(x))
	}
}

// half rounds to the nearest when the rest is cut.
func half(x float32) float32 {
	if x < 0 {
		return -0.5
	}
	return 0.5
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
