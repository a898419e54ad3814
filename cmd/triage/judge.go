package main

import (
	"context"
	"errors"
	"time"

	"go.uber.org/zap"

	"triage/internal/classify"
	"triage/internal/ingest"
	"triage/internal/respond"
)

// judge is the stage between comments and verdicts: it opens each text, lets
// the classifier look at it, and passes the verdict on.
type judge struct {
	classifier *classify.Classifier
	texts      texts
	sink       verdicts
	log        *zap.Logger
	now        func() time.Time
}

func (j judge) handle(ctx context.Context, batch []ingest.Comment) error {
	verdicts := make([]classify.Verdict, 0, len(batch))
	for _, c := range batch {
		content, err := j.texts.Open(ctx, c.Key())
		if errors.Is(err, respond.ErrGone) {
			j.log.Info("erased before it was judged", zap.String("comment", c.ID))
			continue
		}
		if err != nil {
			return err
		}
		v := classify.Verdict{Comment: c, Model: j.classifier.Model(), At: j.now()}
		c.Content = content
		if c.Own {
			v.Judgement = classify.Judgement{Subject: classify.Nobody, WhyNot: classify.NotOwn}
		} else {
			j.classifier.Classify(c, &v.Judgement)
		}
		j.log.Debug("judged", zap.String("comment", c.ID), zap.Stringer("level", v.Level), zap.Bool("urgent", v.Urgent))
		verdicts = append(verdicts, v)
	}
	return j.sink.Publish(ctx, verdicts)
}
