package bus

import (
	"errors"
	"testing"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

// What happens to the stream and its consumers while they are walked through
// keeps the walk neither from its end nor from anything that stays.
func TestWalkEnds(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: a walk waits 3 s before it gives a consumer up")
	}
	const n = 1000
	for name, tt := range map[string]struct {
		meanwhile func(b *Bus, s jetstream.Stream) error
		want      int
	}{
		"nothing happens":    {func(*Bus, jetstream.Stream) error { return nil }, n},
		"the last is erased": {func(_ *Bus, s jetstream.Stream) error { return s.SecureDeleteMsg(t.Context(), n) }, n - 1},
		"the rest is erased": {func(_ *Bus, s jetstream.Stream) error {
			return s.Purge(t.Context(), jetstream.WithPurgeSubject("comments.>"))
		}, -1},
		"the last is written anew": {func(b *Bus, s jetstream.Stream) error {
			_, err := b.js.Publish(t.Context(), "comments.more", []byte(`{}`))
			return errors.Join(err, s.SecureDeleteMsg(t.Context(), n))
		}, n - 1},
		"the consumer is lost": {func(_ *Bus, s jetstream.Stream) error {
			consumers := s.ListConsumers(t.Context())
			for c := range consumers.Info() {
				if err := s.DeleteConsumer(t.Context(), c.Name); err != nil {
					return err
				}
			}
			return consumers.Err()
		}, n},
	} {
		for _, filter := range []string{">", "comments.>"} {
			t.Run(name+", "+filter, func(t *testing.T) {
				t.Parallel()
				b := start(t, t.TempDir(), "")
				topic, err := NewTopic[event](t.Context(), b, "comments")
				if err != nil {
					t.Fatal(err)
				}
				if err := topic.Publish(t.Context(), events(0, n)); err != nil {
					t.Fatal(err)
				}
				began, got := time.Now(), 0
				err = b.walk(t.Context(), walk{stream: topic.leader, filter: filter}, func(jetstream.Msg, *jetstream.MsgMetadata) error {
					if got++; got == 1 {
						return tt.meanwhile(b, topic.leader)
					}
					return nil
				})
				// Up to walkAhead are on their way already.
				if tt.want < 0 && got <= 2*walkAhead {
					got = tt.want
				}
				if err != nil || got != tt.want && got != tt.want+1 {
					t.Fatalf("%d messages in %v, %v; want %d", got, time.Since(began), err, tt.want)
				}
				if topic.leader.CachedInfo().Config.AllowDirect {
					t.Error("replicas answer for the leader from now on")
				}
			})
		}
	}
}

func TestWriteWaitsForAnotherUnderWay(t *testing.T) {
	flying := &jetstream.APIError{ErrorCode: codeSequenceInFlight}
	taken := &jetstream.APIError{ErrorCode: codeWrongLastSequence}
	for name, tt := range map[string]struct {
		answers []error
		want    error
	}{
		"the other failed":    {[]error{flying, flying, nil}, nil},
		"the other succeeded": {[]error{flying, taken}, taken},
		"it never ends":       {[]error{flying}, flying},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			calls := 0
			err := afterOthers(t.Context(), func() error {
				calls++
				return tt.answers[min(calls, len(tt.answers))-1]
			})
			if !errors.Is(err, tt.want) || calls < len(tt.answers) {
				t.Errorf("%v after %d calls, want %v", err, calls, tt.want)
			}
		})
	}
}

// A stream that is as it is wanted is not written to when it is opened.
func TestOpenBringsAStreamUpToDate(t *testing.T) {
	each(t, func(t *testing.T, open func() *Bus) {
		b := open()
		for _, tt := range []struct {
			cfg  jetstream.StreamConfig
			like bool // what the step before left
		}{
			{jetstream.StreamConfig{Name: "a", Subjects: []string{"a.>"}}, true},
			{jetstream.StreamConfig{Name: "a", Subjects: []string{"a.>"}, DenyDelete: true}, false},
			{jetstream.StreamConfig{Name: "a", Subjects: []string{"a.>"}, DenyDelete: true}, true},
			{jetstream.StreamConfig{Name: "KV_b", Subjects: []string{"$KV.b.>"}, MaxMsgsPerSubject: 1, AllowRollup: true, AllowMsgTTL: true}, true},
		} {
			want := tt.cfg
			want.Storage, want.Retention, want.Discard = jetstream.FileStorage, jetstream.LimitsPolicy, jetstream.DiscardNew
			want.AllowDirect, want.AllowAtomicPublish, want.Replicas = true, true, b.replicas()
			if s, err := b.js.Stream(t.Context(), want.Name); err == nil && alike(s.CachedInfo().Config, want) != tt.like {
				t.Errorf("%+v: is like what is there: %v, want %v", tt.cfg, !tt.like, tt.like)
			}
			s, _, err := b.open(t.Context(), tt.cfg)
			if err != nil {
				t.Fatal(err)
			}
			if got := s.CachedInfo().Config; !alike(got, want) {
				t.Errorf("got %+v, want %+v", got, want)
			}
		}
	})
}
