package trunk

// LetGo ends the call in this process and says nothing to the other end: another process has
// taken it over. Its last event is [Ended], by [Nobody].
func (d *Dialog) LetGo() { d.over(Ended{By: Nobody}) }
