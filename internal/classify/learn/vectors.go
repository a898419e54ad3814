package learn

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"math"

	"triage/internal/classify/lexicon"
	"triage/internal/classify/network"
)

// Vectors are words and parts of words as numbers, learned from texts of the
// field. Words are stored by their hashes.
type Vectors struct {
	VectorShape
	rows  map[uint64]int32
	hash  []uint64
	word  []float32 // Size a word
	parts []float32 // Size a part
}

// VectorShape says how much there is of everything.
type VectorShape struct {
	// Size is the numbers of a word.
	Size  int `json:"size"`
	Words int `json:"words"`
	Parts int `json:"parts"`
}

const vectorMagic = "triage-vectors-2\n"

// length is the root mean square over words of a vector's length; the network
// trains best with inputs of about this.
const length = 2

// row finds a word: as the token's language has it, else as another has; only
// among some of the words, unless that is nil.
func (v *Vectors) row(t lexicon.Input, only []bool) int32 {
	for _, p := range t.Prefixes() {
		if r, ok := v.rows[network.Hash(p, t.Word)]; ok && (only == nil || only[r]) {
			return r
		}
	}
	return -1
}

func (v *Vectors) of(row int32) []float32 {
	return v.word[int(row)*v.Size : int(row+1)*v.Size]
}

// compose makes a vector of the parts of a word.
func (v *Vectors) compose(dst []float32, word string) {
	ps := network.Parts(word, v.Parts, nil)
	for _, p := range ps {
		axpy(1/float32(len(ps)), v.parts[int(p)*v.Size:int(p+1)*v.Size], dst)
	}
}

// Keep makes vectors of the learned words that keep says yes to: a name must
// not become part of a file that is given away. Other words that are to be
// known are made of their parts.
func Keep(field *Field, keep func(word string) bool, others []string) *Vectors {
	v := &Vectors{VectorShape: VectorShape{Size: field.size, Parts: field.buckets}, rows: map[uint64]int32{}}
	v.parts = field.in[len(field.words)*field.size:]
	for i, w := range field.words {
		if keep(w) {
			field.mean(v.extend(w), field.units(int32(i)))
		}
	}
	for _, w := range others {
		if _, ok := v.rows[network.Hash("", w)]; !ok {
			v.compose(v.extend(w), bare(w))
		}
	}
	v.scale()
	return v
}

func (v *Vectors) extend(word string) []float32 {
	h := network.Hash("", word)
	v.rows[h] = int32(v.Words)
	v.hash = append(v.hash, h)
	v.word = append(v.word, make([]float32, v.Size)...)
	v.Words++
	return v.word[len(v.word)-v.Size:]
}

// scale brings words to the length that the network wants.
func (v *Vectors) scale() {
	sum := 1e-9
	for _, x := range v.word {
		sum += float64(x) * float64(x)
	}
	by := float32(length / math.Sqrt(sum/float64(max(v.Words, 1))))
	for i := range v.word {
		v.word[i] *= by
	}
	for i := range v.parts {
		v.parts[i] *= by
	}
}

// Encode writes the vectors as a file, a byte a number.
func (v *Vectors) Encode() ([]byte, error) {
	head, err := json.Marshal(v.VectorShape)
	if err != nil {
		return nil, fmt.Errorf("encode vectors: %w", err)
	}
	b := binary.LittleEndian.AppendUint32([]byte(vectorMagic), uint32(len(head)))
	b = append(b, head...)
	for i, h := range v.hash {
		b = appendRow(binary.LittleEndian.AppendUint64(b, h), v.of(int32(i)))
	}
	for p := range v.Parts {
		b = appendRow(b, v.parts[p*v.Size:(p+1)*v.Size])
	}
	return b, nil
}

// appendRow writes numbers as steps of a scale of their own.
func appendRow(b []byte, row []float32) []byte {
	top := float32(1e-9)
	for _, x := range row {
		top = max(top, x, -x)
	}
	s := top / 127
	b = binary.LittleEndian.AppendUint32(b, math.Float32bits(s))
	for _, x := range row {
		b = append(b, byte(int8(math.RoundToEven(float64(x/s)))))
	}
	return b
}

// ReadVectors reads what Encode wrote.
func ReadVectors(b []byte) (*Vectors, error) {
	rest, ok := bytes.CutPrefix(b, []byte(vectorMagic))
	if !ok || len(rest) < 4 {
		return nil, errors.New("read vectors: not a file of vectors; make one with triage train vectors")
	}
	n := int(binary.LittleEndian.Uint32(rest))
	rest = rest[4:]
	v := &Vectors{rows: map[uint64]int32{}}
	if n > len(rest) || json.Unmarshal(rest[:n], &v.VectorShape) != nil {
		return nil, errors.New("read vectors: the file is damaged")
	}
	rest = rest[n:]
	if v.Size < 1 || v.Words < 0 || v.Parts < 1 || len(rest) != v.Words*(12+v.Size)+v.Parts*(4+v.Size) {
		return nil, errors.New("read vectors: the file is damaged")
	}
	v.word, v.parts = make([]float32, v.Words*v.Size), make([]float32, v.Parts*v.Size)
	for i := range v.Words {
		h := binary.LittleEndian.Uint64(rest)
		v.hash = append(v.hash, h)
		v.rows[h] = int32(i)
		rest = readRow(rest[8:], v.of(int32(i)))
	}
	for p := range v.Parts {
		rest = readRow(rest, v.parts[p*v.Size:(p+1)*v.Size])
	}
	return v, nil
}

func readRow(b []byte, row []float32) []byte {
	s := math.Float32frombits(binary.LittleEndian.Uint32(b))
	for i := range row {
		row[i] = s * float32(int8(b[4+i]))
	}
	return b[4+len(row):]
}
