package shop

// faulty adds the pages on which faults can be switched on. Where a page's fault is off, the page does the same without
// the fault.
func (s *Shop) faulty() {
}
