package network

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"unsafe"
)

// magic begins a network's file.
const magic = "triage-network-2\n"

// sections is the number of parts of a file.
const sections = 12

// align is where a section of the file begins, in bytes.
const align = 64

// Header is what a network says of itself and how its answers are to be read.
type Header struct {
	Name string `json:"name"`
	// Filters is the number of filters of each width, a multiple of 32.
	Filters int `json:"filters"`
	// Size is the numbers of a word's vector, a multiple of 32.
	Size int `json:"size"`
	// Slots, Common, Rare and Parts count what is stored.
	Slots  int `json:"slots"`
	Common int `json:"common"`
	Rare   int `json:"rare"`
	Parts  int `json:"parts"`
	// PartScale turns a stored number of a part into the number.
	PartScale float32 `json:"part_scale"`
	// Reading says how the answers are to be read, in JSON of the task's own.
	Reading json.RawMessage `json:"reading"`
	// Purpose is the task that it was trained for, "" for comments: a file that
	// is of another one loads, but its answers mean something else.
	Purpose string `json:"purpose,omitempty"`
}

// sections are the parts of a file in their order, by length.
func (h *Header) sections() [sections]int {
	columns, pooled := h.Filters*offsets, h.Filters*len(Widths)
	return [sections]int{
		8 * h.Slots, columns * h.Common, 4 * h.Rare, h.Size * h.Rare, h.Size * h.Parts,
		columns * Tags, 2 * columns * h.Size, 4 * columns, 4 * pooled, 4 * pooled, 4 * pooled * lanes * Heads, 4 * Outputs * Heads,
	}
}

// Load reads a network in place: b must not change while it is in use.
func Load(b []byte) (*Network, error) {
	rest, ok := bytes.CutPrefix(b, []byte(magic))
	if !ok || len(rest) < 4 {
		return nil, errors.New("load network: not a network's file")
	}
	size := int(binary.LittleEndian.Uint32(rest))
	if size > len(rest)-4 {
		return nil, errors.New("load network: the file is cut short")
	}
	n := &Network{}
	if err := json.Unmarshal(rest[4:4+size], &n.Header); err != nil {
		return nil, fmt.Errorf("load network: %w", err)
	}
	if err := n.check(); err != nil {
		return nil, err
	}
	at := len(magic) + 4 + size
	var parts [sections][]byte
	for i, length := range n.sections() {
		at = (at + align - 1) / align * align
		if length < 0 || at+length > len(b) {
			return nil, errors.New("load network: the file is cut short")
		}
		parts[i] = b[at : at+length]
		at += length
	}
	n.columns, n.pooled = n.Filters*offsets, n.Filters*len(Widths)
	n.slots, n.common, n.rareScale = parts[0], signed(parts[1]), parts[2]
	n.rare, n.parts, n.tags = signed(parts[3]), signed(parts[4]), signed(parts[5])
	n.w, n.wScale = words(parts[6]), floats(parts[7])
	n.scale, n.bias, n.head, n.out = floats(parts[8]), floats(parts[9]), floats(parts[10]), floats(parts[11])
	n.towards = make([]float32, Heads*Outputs*n.pooled)
	for i := range n.towards {
		k, o, p := i/n.pooled/Outputs, i/n.pooled%Outputs, i%n.pooled
		n.towards[i] = n.head[(k*n.pooled+p)*lanes+o]
	}
	return n, nil
}

func (h *Header) check() error {
	if h.Filters < 32 || h.Filters > 1024 || h.Filters%32 != 0 || h.Size < 32 || h.Size > 4096 || h.Size%32 != 0 {
		return errors.New("load network: its shape is not one this program can run")
	}
	if h.Slots < 2 || h.Slots&(h.Slots-1) != 0 || h.Common+h.Rare >= h.Slots || min(h.Common, h.Rare) < 0 || h.Parts < 1 {
		return errors.New("load network: its sizes do not fit")
	}
	return nil
}

func signed(b []byte) []int8 {
	if len(b) == 0 {
		return nil
	}
	return unsafe.Slice((*int8)(unsafe.Pointer(&b[0])), len(b))
}

func floats(b []byte) []float32 {
	out := make([]float32, len(b)/4)
	for i := range out {
		out[i] = math.Float32frombits(binary.LittleEndian.Uint32(b[4*i:]))
	}
	return out
}

func words(b []byte) []int16 {
	out := make([]int16, len(b)/2)
	for i := range out {
		out[i] = int16(binary.LittleEndian.Uint16(b[2*i:]))
	}
	return out
}

// Weights are a trained network's numbers, before they are tabulated.
type Weights struct {
	Header
	W    []float32 // columns x (Size + Tags): answers to a word's vector and tags
	Bias []float32 // pooled
	Head []float32 // Heads x Outputs x pooled
	Out  []float32 // Heads x Outputs
	// Words are those that the network knows, the commonest first; the first
	// Common of them are tabulated.
	Words []Word
	// PartVectors are the vectors of parts of words.
	PartVectors [][]float32
}

// Word is a word by its hash, and its vector.
type Word struct {
	Hash   uint64
	Vector []float32
}

// Encode tabulates a network and writes it as a file.
func Encode(w *Weights) ([]byte, error) {
	w.Rare = len(w.Words) - w.Common
	w.Parts = len(w.PartVectors)
	for w.Slots = 2; w.Slots < 2*len(w.Words)+2; w.Slots *= 2 {
	}
	if err := w.check(); err != nil {
		return nil, err
	}
	e := &encoder{Weights: w, columns: w.Filters * offsets}
	w.PartScale = greatest(w.PartVectors...) / 127
	e.project()
	head, err := json.Marshal(w.Header)
	if err != nil {
		return nil, fmt.Errorf("encode network: %w", err)
	}
	b := binary.LittleEndian.AppendUint32([]byte(magic), uint32(len(head)))
	b = append(b, head...)
	rare, scales := e.rare()
	vectors, steps := e.vectors()
	for _, s := range [][]byte{
		e.slots(), e.common(), scales, rare, e.parts(), e.tags(),
		vectors, bytesOf(steps), bytesOf(e.scale), bytesOf(w.Bias), bytesOf(e.head()), bytesOf(w.Out),
	} {
		for len(b)%align != 0 {
			b = append(b, 0)
		}
		b = append(b, s...)
	}
	return b, nil
}

func bytesOf(x []float32) []byte {
	b := make([]byte, 0, 4*len(x))
	for _, v := range x {
		b = binary.LittleEndian.AppendUint32(b, math.Float32bits(v))
	}
	return b
}
