package api

import "runtime"

// WaitForTwo returns once two callers wait for the same token request.
func (c *Client) WaitForTwo() {
	for {
		c.tokens.mu.Lock()
		f := c.tokens.flight
		two := f != nil && f.waiting == 2
		c.tokens.mu.Unlock()
		if two {
			return
		}
		runtime.Gosched()
	}
}
