package board

import (
	"cmp"
	"slices"
	"time"

	"triage/internal/respond"
)

// Counts is how many cases there are to do.
type Counts struct {
	// Now want somebody at once, Waiting wait for a person.
	Now, Waiting int
	// Going go out soon.
	Going int
	// Sample are those of the weekly sample that nobody looked at: no one waits for
	// them.
	Sample int
}

// Counts tells how many there are; loud says which lanes call until somebody comes.
func (b *Board) Counts(loud func(respond.Lane) bool) (n Counts) {
	defer b.look()()
	for i, lane := range respond.Lanes {
		n.Going += b.lanes[going][i]
		switch in := b.lanes[needs][i]; {
		case lane == respond.LaneSample:
			n.Sample += in
		case loud(lane):
			n.Now += in
		default:
			n.Waiting += in
		}
	}
	return n
}

// Standing is a lane and a state in which cases of it stand.
type Standing struct {
	Lane  respond.Lane
	State respond.State
}

// Standings counts all cases by how they stand.
func (b *Board) Standings() map[Standing]int {
	defer b.look()()
	out := map[Standing]int{}
	for _, r := range b.records {
		out[Standing{respond.Lanes[r.lane], stands[r.stands]}]++
	}
	return out
}

// Day is what people decided in a time.
type Day struct {
	Answered, Dismissed int
	// Median is how long it took them from the case's opening on.
	Median time.Duration
}

// Since sums up what was decided from then on, without the weekly sample.
func (b *Board) Since(from time.Time) (d Day) {
	defer b.look()()
	i, _ := slices.BinarySearchFunc(b.decided, from.UnixNano(), func(r *record, at int64) int { return cmp.Compare(r.decided, at) })
	var took []int64
	for _, r := range b.decided[i:] {
		if r.listed == dismissed {
			d.Dismissed++
		} else {
			d.Answered++
		}
		took = append(took, r.decided-r.opened)
	}
	if len(took) > 0 {
		slices.Sort(took)
		d.Median = time.Duration(took[len(took)/2])
	}
	return d
}

// Last is somebody's newest decision that can be taken back, and until when that is to
// be offered: until it goes out, and of what does not, for a while.
func (b *Board) Last(by string, now time.Time, while time.Duration) (last Card, until time.Time, found bool) {
	defer b.look()()
	who, known := b.words.numbers[by]
	if !known || by == "" {
		return last, until, false
	}
	var newest *record
	consider := func(r *record, ends int64) {
		if r.by == who && r.undo && ends > now.UnixNano() && (newest == nil || r.decided > newest.decided) {
			newest, until = r, moment(ends)
		}
	}
	for _, e := range b.lists[going].entries {
		consider(e.record, e.due)
	}
	for _, r := range slices.Backward(b.decided) {
		if r.decided+int64(while) <= now.UnixNano() {
			break
		}
		if r.listed != going {
			consider(r, r.decided+int64(while))
		}
	}
	if newest == nil {
		return last, until, false
	}
	return b.card(newest), until, true
}

// Offered is by what the cases that there are can be told apart.
type Offered struct {
	// Lanes are in their own order.
	Lanes []respond.Lane
	// Platforms are in alphabetical order, as are the accounts of each.
	Platforms []string
	Accounts  map[string][]string
	// Assignees are users, in alphabetical order.
	Assignees []string
}

// Offered tells that of all cases, whatever their state.
func (b *Board) Offered() Offered {
	defer b.look()()
	o := Offered{Accounts: map[string][]string{}}
	for i, lane := range respond.Lanes {
		for s := range b.lanes {
			if b.lanes[s][i] > 0 {
				o.Lanes = append(o.Lanes, lane)
				break
			}
		}
	}
	for p := range b.places {
		platform := b.words.all[p.platform]
		if o.Accounts[platform] == nil {
			o.Platforms = append(o.Platforms, platform)
		}
		o.Accounts[platform] = append(o.Accounts[platform], b.words.all[p.account])
	}
	for who := range b.people {
		if who != 0 {
			o.Assignees = append(o.Assignees, b.words.all[who])
		}
	}
	slices.Sort(o.Platforms)
	slices.Sort(o.Assignees)
	for _, accounts := range o.Accounts {
		slices.Sort(accounts)
	}
	return o
}
