// Package chat has the channels of programs in which people write to each other or get
// notices: Slack, Teams, ntfy, Pushover, and what shoutrrr speaks to beside them.
package chat

import (
	"errors"

	"triage/internal/alert/channel"
)

// hook is the provider whose webhook's address is the secret. Its errors do not hold the
// address.
func hook(o channel.Options, provider, url string) (*channel.Remote, error) {
	if url == "" {
		return nil, errors.New("url: it is empty: write the webhook's address, or url_file with the name of a file that holds it")
	}
	return o.Remote(provider, "url", "")
}
