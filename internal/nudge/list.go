package nudge

import (
	"bytes"
	_ "embed"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// shipped is the list that this program carries, as triage train nudge wrote it.
//
//go:embed words.tsv
var shipped []byte

// List gives points to words, to beginnings of words ("diabe*") and to pairs of
// words.
type List struct {
	// Wanted is how many points a text needs to look like medical detail.
	Wanted int
	// Points has no zeros; a word that speaks against medical detail has less.
	Points map[string]int
}

// Shipped is the list that this program carries.
func Shipped() *List {
	l, err := ReadList(shipped)
	if err != nil {
		panic(err) // it is part of the program, and a test reads it
	}
	return l
}

// wanted stands where others have a word; no text has it.
const wanted = "(wanted)"

// head tells whoever opens the file what it is.
const head = "# Points of words, beginnings of words (*) and pairs of words; a text with as many\n" +
	"# points as are wanted looks like medical detail. Written by triage train nudge.\n"

// ReadList reads a list that Encode wrote; its errors name the line.
func ReadList(b []byte) (*List, error) {
	l := &List{Points: map[string]int{}}
	for n, line := range strings.Split(string(b), "\n") {
		if line == "" || line[0] == '#' {
			continue
		}
		number, word, _ := strings.Cut(line, "\t")
		points, err := strconv.Atoi(number)
		if err != nil || word == "" || points == 0 || l.Points[word] != 0 {
			return nil, fmt.Errorf("read list: line %d wants a number other than 0, a tab, and a word that is nowhere else", n+1)
		}
		l.Points[word] = points
	}
	l.Wanted = l.Points[wanted]
	if delete(l.Points, wanted); l.Wanted == 0 {
		return nil, errors.New("read list: it does not say how many points are wanted")
	}
	return l, nil
}

// Encode writes the list: a line each with the points and the word.
func (l *List) Encode() []byte {
	var b bytes.Buffer
	b.WriteString(head)
	fmt.Fprintf(&b, "%d\t%s\n", l.Wanted, wanted)
	for _, w := range slices.Sorted(maps.Keys(l.Points)) {
		fmt.Fprintf(&b, "%d\t%s\n", l.Points[w], w)
	}
	return b.Bytes()
}

func (l *List) points(features []string) int {
	sum := 0
	for _, f := range features {
		sum += l.Points[f]
	}
	return sum
}

// groups are the list as the script carries it: the words of equal points
// together, after their points, such as "-2:parking,queue".
func (l *List) groups() []string {
	by := map[int][]string{}
	for w, p := range l.Points {
		by[p] = append(by[p], w)
	}
	var out []string
	for _, p := range slices.Sorted(maps.Keys(by)) {
		slices.Sort(by[p])
		out = append(out, strconv.Itoa(p)+":"+strings.Join(by[p], ","))
	}
	return out
}
