package bus

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// A stream that a server does not know yet is tried again for a few seconds, and nothing
// else is.
func TestJustMade(t *testing.T) {
	another := errors.New("another")
	for name, c := range map[string]struct {
		err   error
		fails int
		want  error
		took  time.Duration
	}{
		"known":          {nil, 0, nil, 0},
		"known soon":     {jetstream.ErrStreamNotFound, 3, nil, 300 * time.Millisecond},
		"never known":    {jetstream.ErrStreamNotFound, 1000, jetstream.ErrStreamNotFound, 5100 * time.Millisecond},
		"watched":        {nats.ErrStreamNotFound, 3, nil, 300 * time.Millisecond},
		"bucket":         {jetstream.ErrBucketNotFound, 3, nil, 300 * time.Millisecond},
		"as an answer":   {&nats.APIError{Code: 404, ErrorCode: 10059, Description: "stream not found"}, 3, nil, 300 * time.Millisecond},
		"something else": {another, 1000, another, 0},
		"nobody waits":   {jetstream.ErrStreamNotFound, 1000, jetstream.ErrStreamNotFound, time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
				if name == "nobody waits" {
					ctx, cancel = context.WithTimeout(t.Context(), time.Second)
				}
				defer cancel()
				began, n := time.Now(), 0
				err := justMade(ctx, func() error {
					if n++; n > c.fails {
						return nil
					}
					return c.err
				})
				if took := time.Since(began); !errors.Is(err, c.want) || took > c.took || took < c.took-200*time.Millisecond {
					t.Errorf("%v after %v", err, took)
				}
			})
		})
	}
}
