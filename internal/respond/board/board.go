// Package board keeps, of every case, what lists and counts show, in the order in
// which it is shown: the queue, what is settled, today's figures, what lies beside a
// case. A page asks it instead of going over all cases, and is as fast with a hundred
// thousand of them as with a hundred.
//
// It holds no words and nothing that is not in the cases: it can be thrown away and
// made anew at any moment, and two of them over the same cases say the same.
package board

import (
	"cmp"
	"iter"
	"slices"
	"strings"
	"sync"

	"triage/internal/respond"
)

// Board is the index. Its methods may be called from anywhere at once.
type Board struct {
	feed func() iter.Seq2[string, *respond.Case]

	mu      sync.Mutex
	words   words
	records map[string]*record
	lists   [states]list
	// decided are those on which a person decided, in the order of that, without the
	// weekly sample.
	decided []*record
	lanes   [states][lanes]int
	places  map[place]int // how many cases each account has
	people  map[word]int  // and each assignee
	newest  int64         // when the last case was opened
}

// place is an account on a platform.
type place struct{ platform, account word }

// New makes a board of what feed tells: what has changed since its last call, the
// first time everything; nil is a case that is gone. It asks whenever the board is,
// so what a process stored is on its board at once.
func New(feed func() iter.Seq2[string, *respond.Case]) *Board {
	b := &Board{feed: feed}
	b.clear()
	return b
}

// Over makes a board that goes over all cases whenever it is asked: for few cases
// that tell nobody what has changed.
func Over(cases interface {
	All() iter.Seq[*respond.Case]
}) *Board {
	known := map[string]bool{}
	return New(func() iter.Seq2[string, *respond.Case] {
		return func(yield func(string, *respond.Case) bool) {
			gone := known
			known = map[string]bool{}
			for c := range cases.All() {
				known[c.ID()] = true
				delete(gone, c.ID())
				yield(c.ID(), c)
			}
			for id := range gone {
				yield(id, nil)
			}
		}
	})
}

func (b *Board) clear() {
	b.words = newWords()
	b.records, b.places, b.people = map[string]*record{}, map[place]int{}, map[word]int{}
	for s := range b.lists {
		b.lists[s] = list{newestFirst: listed(s) != needs}
	}
	b.decided, b.lanes, b.newest = nil, [states][lanes]int{}, 0
}

// look locks the board, brings it up to date, and returns what unlocks it.
func (b *Board) look() (unlock func()) {
	b.mu.Lock()
	b.catchUp()
	return b.mu.Unlock
}

// many is from how many changes on sorting everything anew is faster than finding the
// place of each.
const many = 500

func (b *Board) catchUp() {
	var changes []change
	for id, c := range b.feed() {
		one := change{id: id}
		if c != nil {
			one.now = b.words.read(c)
		}
		changes = append(changes, one)
	}
	if len(changes) >= many {
		b.rebuild(changes)
		return
	}
	for _, c := range changes {
		b.apply(c)
	}
}

// change is how a case is now; nil: it is gone.
type change struct {
	id  string
	now *record
}

func (b *Board) apply(c change) {
	old := b.records[c.id]
	if old != nil {
		b.count(old, -1)
		b.lists[old.listed].remove(old)
		if i, found := slices.BinarySearchFunc(b.decided, old, byDecision); found {
			b.decided = slices.Delete(b.decided, i, i+1)
		}
	}
	if c.now == nil {
		delete(b.records, c.id)
		return
	}
	r := b.record(old, c)
	b.count(r, 1)
	b.lists[r.listed].insert(r)
	if r.counts() {
		i, _ := slices.BinarySearchFunc(b.decided, r, byDecision)
		b.decided = slices.Insert(b.decided, i, r)
	}
}

// record is the new record of a case, under the key that the old one has.
func (b *Board) record(old *record, c change) *record {
	r := c.now
	if old != nil {
		r.id = old.id
	} else {
		r.id = strings.Clone(c.id) // which may be part of something big
	}
	b.records[r.id] = r
	return r
}

// rebuild takes many changes at once.
func (b *Board) rebuild(changes []change) {
	for _, c := range changes {
		if c.now == nil {
			delete(b.records, c.id)
			continue
		}
		b.record(b.records[c.id], c)
	}
	records, known := b.records, b.words
	b.clear()
	b.records, b.words = records, known
	for _, r := range records {
		b.count(r, 1)
		b.lists[r.listed].entries = append(b.lists[r.listed].entries, r.entry())
		if r.counts() {
			b.decided = append(b.decided, r)
		}
	}
	for s := range b.lists {
		slices.SortFunc(b.lists[s].entries, inOrder)
	}
	slices.SortFunc(b.decided, byDecision)
}

func (b *Board) count(r *record, by int) {
	b.lanes[r.listed][r.lane] += by
	tally(b.places, place{r.platform, r.account}, by)
	tally(b.people, r.assignee, by)
	if by > 0 {
		b.newest = max(b.newest, r.opened)
	}
}

func tally[K comparable](m map[K]int, key K, by int) {
	if m[key] += by; m[key] == 0 {
		delete(m, key)
	}
}

func byDecision(a, b *record) int {
	if a.decided != b.decided {
		return cmp.Compare(a.decided, b.decided)
	}
	return cmp.Compare(a.id, b.id)
}

// list is the cases that are listed together.
type list struct {
	entries     []entry
	newestFirst bool // it is shown from its end
}

// entry is a case's place in a list, with what lists are filtered by: nothing else is
// looked at while a long one is gone over.
type entry struct {
	// rank comes before made.
	rank, made                  int64
	platform, account, assignee word
	lane, outcome               uint8
	*record
}

func inOrder(a, b entry) int {
	switch {
	case a.rank != b.rank:
		return cmp.Compare(a.rank, b.rank)
	case a.made != b.made:
		return cmp.Compare(a.made, b.made)
	}
	return cmp.Compare(a.id, b.id)
}

func (l *list) find(r *record) (int, bool) {
	return slices.BinarySearchFunc(l.entries, r.entry(), inOrder)
}

func (l *list) insert(r *record) {
	i, _ := l.find(r)
	l.entries = slices.Insert(l.entries, i, r.entry())
}

func (l *list) remove(r *record) {
	if i, found := l.find(r); found {
		l.entries = slices.Delete(l.entries, i, i+1)
	}
}

// at is the entry that is shown as the i-th, from 0.
func (l *list) at(i int) *entry {
	if l.newestFirst {
		i = len(l.entries) - 1 - i
	}
	return &l.entries[i]
}

// place is as the how many-th an entry is shown that stands at i.
func (l *list) place(i int) int {
	if l.newestFirst {
		return len(l.entries) - 1 - i
	}
	return i
}
