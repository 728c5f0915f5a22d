// Bytes a second, of which what was three seconds ago counts a third as much as what is now.
const memory = 3000; // ms

export class Speed {
  #at: number | null = null;
  #sent = 0;
  #speed = 0;

  // `now` in ms; gives the speed as it is then.
  at(now: number, sent: number): number {
    const before = this.#at;
    if (before !== null && now <= before) return this.#speed;
    if (before !== null && sent >= this.#sent) {
      const measured = ((sent - this.#sent) * 1000) / (now - before);
      const weight = this.#speed === 0 ? 1 : 1 - Math.exp((before - now) / memory);
      this.#speed += (measured - this.#speed) * weight;
    }
    this.#at = now;
    this.#sent = sent;
    return this.#speed;
  }
}
