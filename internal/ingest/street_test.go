package ingest

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"sort"
	"time"
)

// pattern is how people write to a practice in a week. The practice has posted
// for two years; people write under its newest posts mostly, in the hours in which
// people are awake.
type pattern struct {
	name  string
	posts int // there are at the beginning
	post  int // new ones in the week
	old   int // comments there are at the beginning
	week  int // comments in the week
	viral int // comments under one post within two days of the week
	weeks int // that are simulated
}

var patterns = []pattern{
	{name: "small", posts: 190, post: 2, old: 200, week: 15, weeks: 2},
	{name: "busy", posts: 190, post: 7, old: 600, week: 250, weeks: 2},
	{name: "viral", posts: 190, post: 3, old: 200, week: 40, viral: 3000, weeks: 1},
}

// Of all comments so many are edited, or shown only once somebody approved them.
const (
	edited, editedAfter     = 0.04, 30 * time.Minute
	approved, approvedAfter = 0.03, 4 * time.Hour
	fresh, freshFor         = 0.7, 8 * time.Hour // are written under a new post

	would = 1000
)

// awake is how many people write at an hour of the day, relatively.
var awake = [24]float64{.4, .2, .1, .1, .1, .2, .4, .7, 1, 1, 1, 1, 1.2, 1.2, 1, 1, 1, 1.2, 1.5, 1.7, 1.7, 1.5, 1, .6}

// said is one comment of the simulation: when it was written, when everybody saw
// it, and when it was edited (zero: never).
type said struct {
	item, post             string
	rank                   int // of its post among all, the oldest is 0
	written, shown, edited time.Time
}

// street is a platform with one account, where comments come by themselves. Its
// calls are counted as the Graph API would.
type street struct {
	posts []time.Time
	said  []said // by the time in which they were written
	// would are comments that nobody wrote, but might have as well: a small
	// practice has too few to tell how late they are found.
	would []said
	looks []interval
	calls int64
}

const (
	callTakes  = 250 * time.Millisecond
	postsACall = 50
	besides    = 50  // comments that come with a post
	moreACall  = 100 // comments of a post after those
	peekReach  = 100 // posts whose newest comments one peek shows
	peekACall  = 25
)

// build makes up the history of a practice and its week from start.
func (p pattern) build(r *rand.Rand, start time.Time) *street {
	s := &street{}
	gap := span / 2
	for i := range p.posts {
		s.posts = append(s.posts, start.Add(-time.Duration(p.posts-i)*gap+time.Duration(r.Float64()*float64(gap))))
	}
	for range p.post {
		s.posts = append(s.posts, sometime(r, start, span))
	}
	slices.SortFunc(s.posts, time.Time.Compare)
	s.talk(r, p.old, start.Add(-90*24*time.Hour), 90*24*time.Hour)
	s.talk(r, p.week, start, span)
	if p.viral > 0 {
		s.flood(r, p.viral, start.Add(2*24*time.Hour+10*time.Hour))
	}
	n := len(s.said)
	s.talk(r, would, start, span)
	s.said, s.would = s.said[:n], slices.Clone(s.said[n:])
	sort.Slice(s.said, func(i, j int) bool { return s.said[i].written.Before(s.said[j].written) })
	for i := range s.said {
		s.said[i].item = fmt.Sprint(i)
	}
	return s
}

// sometime is a moment at which people are awake rather than not.
func sometime(r *rand.Rand, from time.Time, span time.Duration) time.Time {
	for {
		at := from.Add(time.Duration(r.Float64() * float64(span)))
		if r.Float64()*1.7 < awake[at.Hour()] {
			return at
		}
	}
}

// talk lets n comments come within a span: most soon after a post, the others at
// any time and under any post, the newer the likelier.
func (s *street) talk(r *rand.Rand, n int, from time.Time, span time.Duration) {
	first := s.newest(from.Add(-24 * time.Hour))
	last := s.newest(from.Add(span))
	for n > 0 {
		at := sometime(r, from, span)
		rank := s.newest(at)
		if r.Float64() < fresh {
			rank = max(0, first+r.IntN(last-first+1))
			at = s.posts[rank].Add(after(r, freshFor))
			if at.Before(from) || at.After(from.Add(span)) || r.Float64()*1.7 > awake[at.Hour()] {
				continue
			}
		} else {
			rank -= int(math.Pow(1-r.Float64()*(1-1/math.Sqrt(float64(rank+1))), -2)) - 1
		}
		s.say(r, rank, at)
		n--
	}
}

// newest is the rank of the newest post at a time.
func (s *street) newest(at time.Time) int {
	n, _ := slices.BinarySearchFunc(s.posts, at, time.Time.Compare)
	return max(0, n-1)
}

// flood lets n people write under the newest post within two days.
func (s *street) flood(r *rand.Rand, n int, at time.Time) {
	rank := s.newest(at)
	for i := 0; i < n; {
		t := at.Add(min(48*time.Hour, after(r, 12*time.Hour)))
		if r.Float64()*1.7 < awake[t.Hour()] {
			s.say(r, rank, t)
			i++
		}
	}
}

// say adds a comment.
func (s *street) say(r *rand.Rand, rank int, at time.Time) {
	c := said{post: fmt.Sprint("post", rank), rank: rank, written: at, shown: at}
	if r.Float64() < approved {
		c.shown = at.Add(after(r, approvedAfter))
	}
	if r.Float64() < edited {
		c.edited = c.shown.Add(after(r, editedAfter))
	}
	s.said = append(s.said, c)
}

// after is a time that is mean on average, six times that at most.
func after(r *rand.Rand, mean time.Duration) time.Duration {
	return time.Duration(min(6, r.ExpFloat64()) * float64(mean))
}

func (s *street) Meter() Meter { return Meter{Calls: s.calls} }

// interval is a look, from what it shows to when that was handed on.
type interval struct {
	began, ended time.Time
	peek         bool
	calls        int
}

// call takes the time of n calls. What is shown is what was there at the start.
func (s *street) call(n int, peek bool) {
	began := time.Now()
	s.calls += int64(n)
	time.Sleep(time.Duration(n) * callTakes)
	s.looks = append(s.looks, interval{began, time.Now(), peek, n})
}

func (c said) comment(now time.Time) Comment {
	text := "first"
	if !c.edited.IsZero() && !c.edited.After(now) {
		text = "edited"
	}
	return Comment{Platform: "facebook", Account: "cedar", Created: c.written, Content: Content{Item: c.item, Post: c.post, Text: text}}
}

// sweepCalls is what a sweep costs with so many posts and comments by post.
func sweepCalls(posts int, by map[int]int) int {
	n := (posts + postsACall - 1) / postsACall
	for _, c := range by {
		n += (max(0, c-besides) + moreACall - 1) / moreACall
	}
	return n
}

func (s *street) Sweep(ctx context.Context, mark Mark, emit Emit) (Mark, error) {
	now := time.Now()
	posts, _ := slices.BinarySearchFunc(s.posts, now, time.Time.Compare)
	by := map[int]int{}
	var batch []Comment
	for _, c := range s.said {
		if !c.shown.After(now) {
			by[c.rank]++
			batch = append(batch, c.comment(now))
		}
	}
	s.call(sweepCalls(posts, by), false)
	return Mark{Time: now}, emit(ctx, batch)
}

func (s *street) Peek(ctx context.Context, _ Mark, known Known, emit Emit) error {
	now := time.Now()
	posts, _ := slices.BinarySearchFunc(s.posts, now, time.Time.Compare)
	written, _ := slices.BinarySearchFunc(s.said, now, func(c said, t time.Time) int { return c.written.Compare(t) })
	var page []Comment
	pages, met := 1, false
	for i := written - 1; i >= 0; i-- {
		c := s.said[i]
		if c.shown.After(now) || c.rank < posts-peekReach {
			continue
		}
		if len(page) == peekACall*pages {
			if met {
				break
			}
			pages++
		}
		page = append(page, c.comment(now))
		met = met || known(c.item)
	}
	s.call(pages, true)
	return emit(ctx, page)
}
