package main

import (
	"context"
	"errors"
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
	classifier *classify.Classifier
	texts      store.Texts
	sink       store.Verdicts
	erased     func(id string) bool
	log        *zap.Logger
	now        func() time.Time
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
