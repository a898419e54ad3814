package x

import (
	"context"
	"slices"
)

// attribute finds out who wrote the other posts on which it depends what may be
// done with these, where the answer did not tell. Version 1.1 always does.
func (c *Client) attribute(ctx context.Context, batch []post, unknown func(*post) (string, *string)) error {
	var ask []string
	for i := range batch {
		if id, _ := unknown(&batch[i]); id != "" && batch[i].author != c.cfg.User && c.cfg.API == v2Name && !c.knows(id) {
			ask = append(ask, id)
		}
	}
	for ids := range slices.Chunk(byAge(ask), lookupMost) {
		pg, err := c.api.lookup(ctx, ids)
		if err != nil {
			return err
		}
		c.learn(pg)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for i := range batch {
		if id, author := unknown(&batch[i]); id != "" {
			*author = c.authors[id]
		}
	}
	return nil
}

// unknownQuoted is the post that p quotes if it is not known whose it is, and
// where to note that.
func (p *post) unknownQuoted() (string, *string) {
	if p.quoted != "" || p.named {
		return "", nil
	}
	return p.quotes, &p.quoted
}

// unknownStarter is the first post of the conversation in which p answers if it
// is not known whose that is, and where to note it.
func (p *post) unknownStarter() (string, *string) {
	if p.starter != "" || p.answers == "" {
		return "", nil
	}
	return p.conversation, &p.starter
}

func (c *Client) knows(id string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	_, known := c.authors[id]
	return known
}

// learn remembers who wrote the posts that were asked for, and which X will not
// show.
func (c *Client) learn(pg page) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for id := range pg.missing {
		c.authors[id] = ""
	}
	for _, p := range pg.posts {
		c.authors[p.id] = p.author
	}
}
