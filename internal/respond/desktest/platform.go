package desktest

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"triage/internal/ingest"
)

// Platform is an ingest.Actor whose comments are as told and whose answers are
// scripted. Its fields are for one goroutine at a time.
type Platform struct {
	mu sync.Mutex
	// Seen are the comments on it, by item.
	Seen map[string]*ingest.Observation
	// Acts are the calls that it got, in their order.
	Acts []ingest.Action
	// Answer is what it says to a call; nil: done.
	Answer func(a ingest.Action) ingest.Outcome
	// Store: a write of which it says Unclear happened all the same.
	Store bool
	// Late: such a write happens only when Arrive is called.
	Late bool
	late []ingest.Action
	// Deaf: it cannot be read.
	Deaf bool
	// Calls counts how often it was read.
	Calls int
	// Alone is as in ingest.Capabilities.
	Alone bool
	// Looked, if set, is called before each reading, and Acting before each call.
	Looked func()
	Acting func(a ingest.Action)
	// Effects counts what really happened, by kind and item.
	Effects map[string]int
}

var errDeaf = errors.New("no answer")

// Capabilities are all there are.
func (p *Platform) Capabilities() ingest.Capabilities {
	return ingest.Capabilities{MaxReply: 8000, MaxPrivate: 2000, Alone: p.Alone,
		Actions: []ingest.ActionKind{ingest.Reply, ingest.Private, ingest.Hide, ingest.TakeDown}}
}

// Observe reads a comment.
func (p *Platform) Observe(_ context.Context, item string) (ingest.Observation, error) {
	if p.Looked != nil {
		p.Looked()
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.Calls++
	if p.Deaf {
		return ingest.Observation{}, errDeaf
	}
	o, ok := p.Seen[item]
	if !ok {
		return ingest.Observation{Gone: true}, nil
	}
	return *o, nil
}

// Act takes a call.
func (p *Platform) Act(_ context.Context, a ingest.Action) ingest.Outcome {
	if p.Acting != nil {
		p.Acting(a)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.Acts = append(p.Acts, a)
	out := ingest.Outcome{Result: ingest.Done}
	if p.Answer != nil {
		out = p.Answer(a)
	}
	switch {
	case out.Result == ingest.Unclear && p.Late:
		p.late = append(p.late, a)
	case out.Result == ingest.Unclear && p.Store:
		p.apply(a)
	case out.Result == ingest.Done:
		if made := p.apply(a); out.Item == "" {
			out.Item = made
		}
	}
	return out
}

// Arrive lets what is late happen.
func (p *Platform) Arrive() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, a := range p.late {
		p.apply(a)
	}
	p.late = nil
}

// apply lets a call have its effect, and returns the id of the reply that it made.
func (p *Platform) apply(a ingest.Action) (item string) {
	p.Effects[string(a.Kind)+" "+a.Item]++
	o, there := p.Seen[a.Item]
	if !there {
		o = &ingest.Observation{}
	}
	switch a.Kind {
	case ingest.Reply:
		item = fmt.Sprintf("r%d", len(p.Acts))
		o.Own = append(o.Own, ingest.OwnReply{Item: item, Text: a.Text})
	case ingest.Private:
		o.Answered = true
	case ingest.Hide:
		o.Hidden = true
	case ingest.TakeDown:
		delete(p.Seen, a.Item)
	}
	return item
}

// Replies counts the public replies that were tried.
func (p *Platform) Replies() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	n := 0
	for _, a := range p.Acts {
		if a.Kind == ingest.Reply {
			n++
		}
	}
	return n
}

// Always is a platform's answer to whatever it is called for.
func Always(o ingest.Outcome) func(ingest.Action) ingest.Outcome {
	return func(ingest.Action) ingest.Outcome { return o }
}
