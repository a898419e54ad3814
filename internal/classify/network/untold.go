package network

import (
	"encoding/binary"
	"math"
)

// untold is a word that is not tabulated: its vector, in steps of a scale, and
// room for the answers.
type untold struct {
	vector []int16
	scale  float32
	answer []int16
}

// recent holds the answers to words that are not tabulated and were met lately:
// names come again within a text and among texts about one practice.
type recent struct {
	by      *Network
	words   []uint64 // what is held, by its hash or row
	answers []int16
	next    [2]untold
	waiting int // of next: they are held, but not answered yet
}

// held is how many such words are held, a power of two.
const (
	heldBits = 9
	held     = 1 << heldBits
)

// recall returns room for the answers to a word, and whether it is held.
func (n *Network) recall(s *State, word uint64) (answer []int16, ok bool) {
	if s.by != n {
		s.recent = recent{by: n, words: make([]uint64, held), answers: make([]int16, held*n.columns)}
		for i := range s.next {
			s.next[i].vector = make([]int16, n.Size)
		}
	}
	word++ // nothing is held under 0
	i := int(word * 0x9E3779B97F4A7C15 >> (64 - heldBits))
	ok = s.words[i] == word
	s.words[i] = word
	return s.answers[i*n.columns : (i+1)*n.columns], ok
}

// Meet says that a word will be added that is not tabulated, by its row or, if
// that is less than 0, as an unknown one. It need not be called, but two words
// that are met before either is added are answered in the time of one.
func (n *Network) Meet(s *State, row int32, word string, hash uint64) {
	if row < 0 {
		n.meetUnknown(s, word, hash)
	} else {
		n.meetRare(s, int(row))
	}
}

// rareAnswer are the answers to a word that has a vector of its own.
func (n *Network) rareAnswer(s *State, row int) []int16 {
	answer := n.meetRare(s, row)
	n.settle(s)
	return answer
}

func (n *Network) meetRare(s *State, row int) []int16 {
	answer, ok := n.recall(s, uint64(row))
	if ok {
		return answer
	}
	r, u := row-n.Common, &s.next[s.waiting]
	for i, x := range n.rare[r*n.Size : (r+1)*n.Size] {
		u.vector[i] = int16(x)
	}
	u.scale = math.Float32frombits(binary.LittleEndian.Uint32(n.rareScale[4*r:]))
	n.wait(s, answer)
	return answer
}

// mostParts keeps a sum of parts within sixteen bits.
const mostParts = math.MaxInt16 / 127

// finer is how many steps of a vector made of parts are one of a part's.
const finer = 8

// unknownAnswer are the answers to a word that has only parts.
func (n *Network) unknownAnswer(s *State, word string, hash uint64) []int16 {
	answer := n.meetUnknown(s, word, hash)
	n.settle(s)
	return answer
}

func (n *Network) meetUnknown(s *State, word string, hash uint64) []int16 {
	answer, ok := n.recall(s, hash)
	if ok {
		return answer
	}
	u := &s.next[s.waiting]
	clear(u.vector)
	s.part = Parts(word, n.Parts, s.part[:0])
	s.part = s.part[:min(len(s.part), mostParts)]
	for _, p := range s.part {
		add(u.vector, n.parts[int(p)*n.Size:int(p+1)*n.Size])
	}
	for i, x := range u.vector {
		u.vector[i] = int16(int(x) * finer / max(len(s.part), 1))
	}
	u.scale = n.PartScale / finer
	n.wait(s, answer)
	return answer
}

// wait has the next word wait for its answer, until there are two. Of two that
// share their room the second has it.
func (n *Network) wait(s *State, answer []int16) {
	s.next[s.waiting].answer = answer
	if s.waiting++; s.waiting == len(s.next) {
		n.settle(s)
	}
}

// settle answers the words that wait.
func (n *Network) settle(s *State) {
	if s.waiting > 0 {
		project(&s.next[0], &s.next[s.waiting-1], n.w, n.wScale)
		s.waiting = 0
	}
}
