package main

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"reflect"
	"sync"
	"time"

	"go.uber.org/zap"

	"triage/internal/classify"
	"triage/internal/ingest"
	"triage/internal/respond"
	"triage/internal/store"
	"triage/internal/vault"
)

// judge is the stage between comments and verdicts: it opens each text, lets
// the classifier look at it, and passes the verdict on.
type judge struct {
	classifier classifier
	texts      store.Texts
	sink       store.Verdicts
	erased     func(id string) bool
	log        *zap.Logger
	now        func() time.Time
}

// classifier is a classify.Classifier, or one under the name of how it is set.
type classifier interface {
	Classify(in ingest.Comment, out *classify.Judgement)
	Model() string
}

// tuned is the classifier as the settings in force want it: made anew when they
// change.
type tuned struct {
	want func() classify.Options

	mu   sync.Mutex
	has  classify.Options
	made classifier
}

// named is a classifier whose name says how it is set.
type named struct {
	*classify.Classifier
	model string
}

// Model implements classifier.
func (n named) Model() string { return n.model }

// now returns the classifier that the settings in force want.
func (t *tuned) now() (classifier, error) {
	want := t.want()
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.made != nil && reflect.DeepEqual(want, t.has) {
		return t.made, nil
	}
	c, err := classify.New(want)
	if err != nil {
		return nil, err
	}
	t.made, t.has = named{c, modelOf(c.Model(), want)}, want
	return t.made, nil
}

// modelOf names a model with its threshold and the practice's own terms.
func modelOf(model string, o classify.Options) string {
	if o.Catch > 0 {
		model += fmt.Sprintf(" catch-%g", o.Catch)
	}
	if len(o.Terms) > 0 {
		sum := sha256.Sum256(fmt.Append(nil, o.Terms))
		model += fmt.Sprintf(" terms-%x", sum[:4])
	}
	return model
}

// by judges each batch with the classifier of that moment.
func (j judge) by(t *tuned) func(context.Context, []ingest.Comment) error {
	return func(ctx context.Context, batch []ingest.Comment) error {
		c, err := t.now()
		if err != nil {
			return err
		}
		now := j
		now.classifier = c
		return now.handle(ctx, batch)
	}
}

func (j judge) handle(ctx context.Context, batch []ingest.Comment) error {
	verdicts := make([]classify.Verdict, 0, len(batch))
	for _, c := range batch {
		content, err := j.texts.Open(ctx, c.Key())
		if errors.Is(err, respond.ErrGone) && j.erased(c.ID) {
			j.log.Info("erased before it was judged", zap.String("comment", c.ID))
			continue
		}
		if err != nil && !errors.Is(err, vault.ErrSealed) && !errors.Is(err, respond.ErrGone) {
			return err
		}
		v := classify.Verdict{Comment: c, Model: j.classifier.Model(), At: j.now()}
		c.Content = content
		switch {
		case err != nil:
			j.log.Error("a text cannot be opened", zap.String("comment", c.ID), zap.Error(err))
			v.Judgement = unjudged(classify.NotPossible)
		case c.Own:
			v.Judgement = unjudged(classify.NotOwn)
		case c.Unjudged:
			v.Judgement = unjudged(classify.NotMode)
		default:
			j.classify(c, &v.Judgement)
		}
		j.log.Debug("judged", zap.String("comment", c.ID), zap.Stringer("level", v.Level), zap.Bool("urgent", v.Urgent))
		verdicts = append(verdicts, v)
	}
	return j.sink.Publish(ctx, verdicts)
}

func unjudged(why string) classify.Judgement {
	return classify.Judgement{Subject: classify.Nobody, WhyNot: why}
}

// classify judges one comment. A text on which the classifier breaks goes to a
// person and takes nothing else with it.
func (j judge) classify(c ingest.Comment, out *classify.Judgement) {
	defer func() {
		if recover() != nil { // its message may quote the text
			j.log.Error("the classifier broke on a text", zap.String("comment", c.ID), zap.Stack("at"))
			*out = unjudged(classify.NotPossible)
		}
	}()
	j.classifier.Classify(c, out)
}
