import { Signal } from '@nest-quintet/signals';

/** Sent inside the transaction that places an order. */
export const orderPlaced = new Signal<{ orderId: number; customerId: number }>('orderPlaced');
