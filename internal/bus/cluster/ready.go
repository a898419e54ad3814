package cluster

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"
)

// readyTimeout is when nobody believes any more that servers will start or catch
// up. It is no claim on how fast they are.
const readyTimeout = 5 * time.Minute

// eventually tries until it works.
func eventually(what string, try func() error) error {
	deadline := time.After(readyTimeout)
	again := time.NewTicker(20 * time.Millisecond)
	defer again.Stop()
	for {
		err := try()
		if err == nil {
			return nil
		}
		select {
		case <-again.C:
		case <-deadline:
			return fmt.Errorf("waited %v until %s: %w", readyTimeout, what, err)
		}
	}
}

// await returns once the server says that it is in order and has caught up.
func (c *Cluster) await(i int) error {
	return eventually(fmt.Sprintf("server n%d is ready", i), func() error { return c.ask(i, "healthz", &struct{}{}) })
}

// group is what a server says of those that keep a thing together.
type group struct {
	Leader   string
	Replicas []struct {
		Current, Offline bool
	}
}

// settled fails unless there is a leader and, if that is the server asked, it
// has all others up to date: the others do not know of each other. What is kept
// on one server has no group.
func (g *group) settled(asked string) error {
	if g == nil {
		return nil
	}
	if g.Leader == "" {
		return errors.New("no leader")
	}
	for _, r := range g.Replicas {
		if g.Leader == asked && (r.Offline || !r.Current) {
			return errors.New("a follower is behind")
		}
	}
	return nil
}

// agree fails unless every server is in order and everything kept on several has
// a leader with followers that are up to date. That a server is in order says
// little alone: it does not miss a leader, and it does not speak for the others.
func (c *Cluster) agree() error {
	for i, n := range c.nodes {
		var state struct {
			Meta     *group `json:"meta_cluster"`
			Accounts []struct {
				Streams []struct {
					Name      string
					Cluster   *group
					Consumers []struct{ Cluster *group } `json:"consumer_detail"`
				} `json:"stream_detail"`
			} `json:"account_details"`
		}
		if err := errors.Join(c.ask(i, "healthz", &struct{}{}), c.ask(i, "jsz?accounts=1&streams=1&consumers=1", &state)); err != nil {
			return err
		}
		err := state.Meta.settled(n.name)
		for _, a := range state.Accounts {
			for _, s := range a.Streams {
				err = errors.Join(err, s.Cluster.settled(n.name))
				for _, k := range s.Consumers {
					err = errors.Join(err, k.Cluster.settled(n.name))
				}
			}
		}
		if err != nil {
			return fmt.Errorf("%s says: %w", n.name, err)
		}
	}
	return nil
}

// ask reads what a server says about itself.
func (c *Cluster) ask(i int, what string, answer any) error {
	client := http.Client{Timeout: 5 * time.Second, Transport: &http.Transport{DisableKeepAlives: true}}
	r, err := client.Get(fmt.Sprintf("http://127.0.0.1:%d/%s", c.nodes[i].monitor, what))
	if err != nil {
		return err
	}
	defer func() { _ = r.Body.Close() }()
	if r.StatusCode != http.StatusOK {
		why, _ := io.ReadAll(r.Body)
		return fmt.Errorf("%s: %s", r.Status, why)
	}
	return json.NewDecoder(r.Body).Decode(answer)
}
